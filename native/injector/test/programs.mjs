// SPDX-License-Identifier: Apache-2.0
// Fixtures, compiled into the temporary folder: programs of every kind, agents, configurations.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyLibrary, fixturesFolder, isRoot, which, work } from './harness.mjs';

const bin = join(work, 'bin');
mkdirSync(bin);
export const agents = join(work, 'agents');

function succeeds(command, args, env = {}) {
  return (
    spawnSync(command, args, { env: { ...process.env, ...env }, stdio: 'ignore', timeout: 90000 })
      .status === 0
  );
}

/** Compiles a C fixture; the path, or undefined without that compiler. */
export function compileC(name, source, flags = [], compiler = ['gcc']) {
  const out = join(bin, name);
  mkdirSync(join(out, '..'), { recursive: true });
  if (existsSync(out)) return out;
  const args = [
    ...compiler.slice(1),
    '-O1',
    '-w',
    '-o',
    out,
    join(fixturesFolder, source),
    ...flags,
  ];
  return succeeds(compiler[0], args) ? out : undefined;
}

export function compileGo(name, source, cgo, flags = [], settings = {}) {
  const out = join(bin, name);
  if (existsSync(out)) return out;
  const env = {
    ...settings,
    CGO_ENABLED: cgo,
    GO111MODULE: 'off',
    GOTOOLCHAIN: 'local',
    GOFLAGS: '',
    HOME: process.env.HOME,
  };
  return succeeds('go', ['build', ...flags, '-o', out, join(fixturesFolder, source)], env)
    ? out
    : undefined;
}

/** [name, path] of the programs that are no runtime; path undefined when it cannot be made here. */
export function plainPrograms() {
  return [
    ['glibc PIE', compileC('pie', 'probe.c', ['-pie', '-fPIE'])],
    ['glibc non-PIE, copy relocation', compileC('nopie', 'probe.c', ['-no-pie', '-fno-pie'])],
    [
      'glibc lazy binding, SysV hash',
      compileC('lazy', 'probe.c', ['-Wl,-z,lazy', '-Wl,--hash-style=sysv']),
    ],
    ['glibc static', compileC('static', 'probe.c', ['-static'])],
    ['glibc static PIE', compileC('static-pie', 'probe.c', ['-static-pie'])],
    ['musl dynamic', compileC('musl', 'probe.c', [], ['musl-gcc'])],
    ['musl static', compileC('musl-static', 'probe.c', ['-static'], ['musl-gcc'])],
    ['Go static', compileGo('go-static', 'plain.go', '0')],
    [
      'Go PIE without libc',
      compileGo('go-pie', 'plain.go', '0', ['-buildmode=pie', '-ldflags=-s -w']),
    ],
    ['Go with cgo', compileGo('go-cgo', 'cgo.go', '1')],
  ];
}

export function makeAgents() {
  for (const flavour of ['glibc', 'musl']) {
    const python = join(agents, 'python', flavour);
    const ruby = join(agents, 'ruby', flavour);
    const dotnet = join(agents, 'dotnet', flavour);
    const platform = flavour === 'musl' ? 'linux-musl-' : 'linux-';
    for (const f of [
      python,
      ruby,
      join(dotnet, 'net'),
      join(dotnet, 'store'),
      join(dotnet, 'AdditionalDeps'),
      join(dotnet, `${platform}x64`),
      join(dotnet, `${platform}arm64`),
    ])
      mkdirSync(f, { recursive: true });
    writeFileSync(
      join(python, 'sitecustomize.py'),
      "import sys\nsys.test_agent = getattr(sys, 'test_agent', 0) + 1\n",
    );
    writeFileSync(
      join(ruby, 'opentelemetry-auto-instrumentation.rb'),
      '$test_agent = ($test_agent || 0) + 1\n',
    );
    writeFileSync(join(dotnet, 'net', 'OpenTelemetry.AutoInstrumentation.StartupHook.dll'), 'x');
    for (const arch of ['x64', 'arm64'])
      writeFileSync(
        join(dotnet, `${platform}${arch}`, 'OpenTelemetry.AutoInstrumentation.Native.so'),
        'x',
      );
  }
  mkdirSync(join(agents, 'nodejs'), { recursive: true });
  writeFileSync(
    join(agents, 'nodejs', 'register.js'),
    'globalThis.testAgent = (globalThis.testAgent || 0) + 1;\n',
  );
  makeJar(join(agents, 'jvm'));
}

function makeJar(folder) {
  mkdirSync(folder, { recursive: true });
  const jar = join(folder, 'javaagent.jar');
  const manifest = join(folder, 'manifest');
  writeFileSync(manifest, 'Premain-Class: Agent\n');
  const compiled =
    which('javac') &&
    succeeds('javac', [
      // The oldest that any of the suites' Javas is.
      '--release',
      '11',
      '-d',
      folder,
      join(fixturesFolder, 'Agent.java'),
      join(fixturesFolder, 'Show.java'),
    ]);
  if (!compiled || !succeeds('jar', ['cfm', jar, manifest, '-C', folder, 'Agent.class']))
    writeFileSync(jar, Buffer.alloc(64));
}

/** Scripts that print the environment, then how often the tests' agent ran. */
export const shows = {
  nodejs:
    'for (const k in process.env) console.log(k + "=" + process.env[k]); console.log("agent " + globalThis.testAgent)',
  python:
    'import os, sys\nfor k in os.environ: print(k + "=" + os.environ[k])\nprint("agent", getattr(sys, "test_agent", "absent"))',
  ruby: 'ENV.each { |k, v| puts k + "=" + v }; puts "agent #{$test_agent}"',
};

export const agentPaths = {
  nodejs: join(agents, 'nodejs', 'register.js'),
  jvm: join(agents, 'jvm', 'javaagent.jar'),
  python: join(agents, 'python'),
  ruby: join(agents, 'ruby'),
  dotnet: join(agents, 'dotnet'),
};

/** Text of a configuration with every agent, and what is added to it. */
export function fullConfig(extra = '') {
  return `jvm_auto_instrumentation_agent_path=${agentPaths.jvm}
nodejs_auto_instrumentation_agent_path=${agentPaths.nodejs}
python_auto_instrumentation_agent_path_prefix=${agentPaths.python}
ruby_auto_instrumentation_agent_path_prefix=${agentPaths.ruby}
dotnet_auto_instrumentation_agent_path_prefix=${agentPaths.dotnet}
service_name_detection=false
${extra}`;
}

let serial = 0;

/** Writes a configuration; the environment that makes the library read it and nothing else. */
export function withConfig(text, extra = {}) {
  const file = join(work, `config-${serial++}.conf`);
  writeFileSync(file, text);
  return {
    OTEL_INJECTOR_CONFIG_FILE: file,
    OTEL_INJECTOR_CONFIG_DIR: join(work, 'no-such-folder'),
    ...extra,
  };
}

/** A stand-in for a runtime in a folder of its own, under the program's real name. */
export function standIn(folder, name, flags, compiler) {
  return compileC(join(folder, name), 'runtime.c', ['-rdynamic', ...flags], compiler);
}

/** Who may not read what only root may; nobody else has to be asked where root does not run this. */
const NOBODY = isRoot ? { uid: 65534, gid: 65534 } : {};

/** [name, options of `run`] of the configurations each program meets. */
export function configurations() {
  const unreadable = withConfig(fullConfig());
  chmodSync(unreadable.OTEL_INJECTOR_CONFIG_FILE, 0o000);
  const fifo = join(work, 'config-fifo');
  if (!existsSync(fifo)) succeeds('mkfifo', [fifo]);
  const nowhere = join(work, 'nowhere');
  return [
    [
      'no configuration',
      { env: { OTEL_INJECTOR_CONFIG_FILE: nowhere, OTEL_INJECTOR_CONFIG_DIR: nowhere } },
    ],
    ['defaults', { env: {} }],
    ['custom', { env: withConfig(fullConfig()) }],
    ['malformed', { env: withConfig('\xff\xfe garbage\n=\nkey\nexclude_paths="\n') }],
    ['huge', { env: withConfig(`${fullConfig()}${'# padding\n'.repeat(200000)}`) }],
    ['unreadable', { env: unreadable, ...NOBODY }],
    ['FIFO', { env: { OTEL_INJECTOR_CONFIG_FILE: fifo } }],
    ['endless device', { env: { OTEL_INJECTOR_CONFIG_FILE: '/dev/zero' } }],
  ];
}

/** For other users, who must get at the library, the programs and the agents. */
export function openToAll() {
  for (const f of [
    '',
    'agents',
    'bin',
    'lib',
    'lib/linux-x64',
    'lib/linux-arm64',
    'nil',
    'nil/linux-x64',
  ])
    chmodSync(join(work, f), 0o755);
}

export function makeEmptyLibrary() {
  const source = join(work, 'empty.c');
  writeFileSync(source, '');
  mkdirSync(join(emptyLibrary, '..'), { recursive: true });
  return succeeds('gcc', ['-shared', '-nostdlib', '-o', emptyLibrary, source]);
}

export function copyProgram(from, folder, name) {
  const to = join(work, folder, name);
  mkdirSync(join(work, folder), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
  return to;
}
