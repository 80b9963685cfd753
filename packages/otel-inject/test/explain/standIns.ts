// SPDX-License-Identifier: Apache-2.0
// Small programs that the library takes for a runtime, and folders that it takes for agents: what
// it does to them is seen in milliseconds.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BinaryCache, Resolver } from '@otelkit/core';
import { fromByteText, toByteText } from '../../src/config/byteText.ts';
import { explainLaunch, type Launch } from '../../src/explain/launch/launch.ts';

const native = resolve(import.meta.dirname, '../../../../native/injector');
export const library: string = join(native, 'zig-out/linux-x64/libotelinject.so');

/** Builds the library where it is missing or out of date; why it cannot be, or undefined. */
export function whyNoLibrary(): string | undefined {
  if (process.arch !== 'x64') return 'the library under test is built for x86_64';
  if (existsSync(library) && statSync(library).mtimeMs > newestSourceMs()) return undefined;
  const built = spawnSync(process.execPath, [join(native, 'build.mjs'), '--target', 'x86_64'], {
    encoding: 'utf8',
  });
  return built.status === 0
    ? undefined
    : `${built.stderr.trim()}; install with: pip install ziglang==0.17.0`;
}

/** A prediction is of the sources, so an older library would be compared in vain. */
function newestSourceMs(): number {
  const folder = join(native, 'src');
  return Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs));
}

export interface World {
  readonly folder: string;
  readonly agents: Readonly<Record<'jvm' | 'nodejs' | 'python' | 'ruby' | 'dotnet', string>>;
  /** By name: node, node16, python3, ruby, java, plain, … */
  readonly programs: Readonly<Record<string, string>>;
}

const STAND_INS: readonly (readonly [folder: string, name: string, flags: readonly string[]])[] = [
  ['a', 'node', ['-DAS_NODE', '-DV8_MAJOR=11', '-DV8_MINOR=3']],
  ['old', 'node', ['-DAS_NODE', '-DV8_MAJOR=9', '-DV8_MINOR=4']],
  ['a', 'python3', ['-DAS_PYTHON', '-DPY_VERSION=0x030b07f0ul']],
  ['old', 'python3', ['-DAS_PYTHON']],
  ['a', 'ruby', ['-DAS_RUBY="3.1.2"']],
  ['old', 'ruby', ['-DAS_RUBY="2.7.0"']],
  ['a', 'java', ['-DAS_JAVA']],
  ['a', 'plain', []],
  ['a', 'dotnet', []],
  ['a', 'apphost', ['-DAS_APPHOST=0']],
  ['old', 'apphost', ['-DAS_APPHOST=1']],
  ['a', 'electron', ['-DAS_NODE', '-DV8_MAJOR=11', '-DV8_MINOR=3']],
];

/** Compiles the stand-ins into a folder of its own; undefined without a C compiler. */
export function makeWorld(): World | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'otel-inject-explain-'));
  const programs: Record<string, string> = {};
  for (const [version, name, flags] of STAND_INS) {
    mkdirSync(join(folder, version), { recursive: true });
    const out = join(folder, version, name);
    const source = join(native, 'test/fixtures/runtime.c');
    const built = spawnSync('cc', ['-O1', '-rdynamic', ...flags, source, '-o', out]);
    if (built.status !== 0) return undefined;
    programs[version === 'a' ? name : `${name}-${version}`] = out;
  }
  // Where musl is at hand: its programs tell nothing of their arguments to constructors.
  mkdirSync(join(folder, 'musl'), { recursive: true });
  for (const [name, flag] of [
    ['python3', '-DAS_PYTHON'],
    ['node', '-DAS_NODE'],
    ['plain', '-DX'],
  ]) {
    const out = join(folder, 'musl', name!);
    const versions = ['-DV8_MAJOR=11', '-DV8_MINOR=3', '-DPY_VERSION=0x030b07f0ul'];
    const args = ['-O1', '-rdynamic', flag!, ...versions, join(native, 'test/fixtures/runtime.c')];
    if (spawnSync('musl-gcc', [...args, '-o', out]).status === 0) programs[`${name}-musl`] = out;
  }
  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('agents/register.js', '// an agent\n');
  write('agents/java agent.jar', 'PK'.padEnd(30, '\0'));
  write('agents/python/glibc/sitecustomize.py', '');
  write('agents/python/musl/sitecustomize.py', '');
  write('agents/ruby/glibc/opentelemetry-auto-instrumentation.rb', '# an agent\n');
  write('agents/dotnet/glibc/linux-x64/OpenTelemetry.AutoInstrumentation.Native.so', '');
  write('agents/dotnet/glibc/net/OpenTelemetry.AutoInstrumentation.StartupHook.dll', '');
  write('agents/dotnet/glibc/store/x', '');
  write('a/app.runtimeconfig.json', '{"runtimeOptions":{"tfm":"net8.0"}}');
  write('old/app.runtimeconfig.json', '{"runtimeOptions":{"tfm":"net6.0"}}');
  write('a/apphost.runtimeconfig.json', '{"runtimeOptions":{"tfm":"net9.0"}}');
  write('a/traced.deps.json', '{"x":"OpenTelemetry.AutoInstrumentation"}'.replace(':"', ':"'));
  const agents = join(folder, 'agents');
  return {
    folder,
    programs,
    agents: {
      nodejs: join(agents, 'register.js'),
      jvm: join(agents, 'java agent.jar'),
      python: join(agents, 'python'),
      ruby: join(agents, 'ruby'),
      dotnet: join(agents, 'dotnet'),
    },
  };
}

/** Every agent of the world, as a configuration. */
export function configOf({ agents }: World): string[] {
  return [
    `jvm_auto_instrumentation_agent_path="${agents.jvm}"`,
    `nodejs_auto_instrumentation_agent_path=${agents.nodejs}`,
    `python_auto_instrumentation_agent_path_prefix=${agents.python}`,
    `ruby_auto_instrumentation_agent_path_prefix=${agents.ruby}/`,
    `dotnet_auto_instrumentation_agent_path_prefix=${agents.dotnet}`,
  ];
}

/** The environment as a stand-in prints it, entry by entry. */
export function realEnvironment(
  command: readonly string[],
  env: Record<string, string>,
  cwd = '/',
): string[] {
  const result = spawnSync(command[0]!, command.slice(1), {
    env,
    encoding: 'utf8',
    cwd,
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  if (result.status !== 7) {
    throw new Error(`${command.join(' ')}: status ${result.status}, ${result.stderr}`);
  }
  return result.stdout.split('\n').slice(0, -1);
}

/** What is predicted for the same, and the whole explanation. */
export function predicted(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd = '/',
): { readonly environment: string[]; readonly launch: Launch } {
  const entries = Object.entries(env).map(([name, value]) => toByteText(`${name}=${value}`));
  const launch = explainLaunch(command.map(toByteText), entries, {
    resolver: new Resolver(),
    cache: new BinaryCache(),
    cwd: toByteText(cwd),
    user: undefined,
  });
  const last = launch.programs.at(-1);
  return { environment: (last?.after ?? []).map(fromByteText), launch };
}
