// SPDX-License-Identifier: Apache-2.0
// .NET: the profiler and the start-up hook (native/injector/src/dotnet.zig).
import { type ByteText, basename, leadingNumber, trim, trimEnd } from '../../config/byteText.ts';
import { INJECT_LIMITS } from '../../config/limits.ts';
import { readText } from '../../config/readText.ts';
import { textOf, versionOf } from '../../config/settings.ts';
import { whyDirectoryUnusable, whyFileUnusable } from '../predict/access.ts';
import type { Planning } from '../predict/planning.ts';
import { type Command, commandOf, type Subject } from '../predict/subject.ts';
import type { InjectVerdict } from '../predict/verdicts.ts';

const HOST_OPTIONS_WITH_VALUE = new Set(
  `--additionalprobingpath --additional-deps --depsfile --runtimeconfig --fx-version
  --roll-forward --roll-forward-on-no-candidate-fx`.split(/\s+/),
);
const PROFILER_ID = '{918728DD-259F-4A6A-AC2B-B85E1B658318}';
const OWNED = [
  'CORECLR_ENABLE_PROFILING',
  'CORECLR_PROFILER',
  'CORECLR_PROFILER_PATH',
  'DOTNET_STARTUP_HOOKS',
  'DOTNET_ADDITIONAL_DEPS',
  'DOTNET_SHARED_STORE',
];

export function isDotnet(subject: Subject): boolean {
  if (isHost(subject)) return assembly(subject) !== '';
  return !subject.isExplicitLoader && subject.isApphost();
}

/** By its exact name: `dotnet-trace` and the like are apphosts. */
function isHost({ execfn, argv }: Subject): boolean {
  if (basename(execfn) === 'dotnet') return true;
  return argv[0] !== undefined && basename(argv[0]) === 'dotnet';
}

/** `dotnet [exec] [host options] app.dll`; '' for a command of the SDK. */
function assembly({ argv }: Subject): ByteText {
  for (let i = 1; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument.endsWith('.dll') || argument.endsWith('.exe')) return argument;
    if (i === 1 && argument === 'exec') continue;
    if (!HOST_OPTIONS_WITH_VALUE.has(argument)) return '';
    i++;
  }
  return '';
}

export function dotnetCommand(subject: Subject): Command {
  if (!isHost(subject)) return commandOf('program', subject.execfn, 1);
  return commandOf('program', assembly(subject));
}

export function injectDotnet(plan: Planning): InjectVerdict {
  const { subject, env, settings } = plan;
  const prefix = trimEnd(textOf(settings, 'dotnet_auto_instrumentation_agent_path_prefix'), '/');
  if (prefix === '') return 'no_agent';
  if (prefix.includes(':')) return 'path_not_expressible';
  // There can be one profiler only.
  const own = OWNED.find((name) => env.has(name));
  if (own !== undefined) {
    plan.notes.push(`${own} is set already`);
    return 'own_settings';
  }
  const application = applicationVerdict(plan);
  if (application !== undefined) return application;
  const platform = `linux-${plan.libc === 'musl' ? 'musl-' : ''}${architecture(subject)}`;
  const home = `${prefix}/${plan.libc}`;
  const native = `${home}/${platform}/OpenTelemetry.AutoInstrumentation.Native.so`;
  const hook = `${home}/net/OpenTelemetry.AutoInstrumentation.StartupHook.dll`;
  // A start-up hook that is missing keeps the application from starting.
  const problem = whyFileUnusable(subject, native, 0) ?? whyFileUnusable(subject, hook, 0);
  if (problem !== undefined) {
    plan.notes.push(problem);
    return 'agent_unusable';
  }
  return addVariables(plan, home, native, hook) ? 'injected' : 'out_of_memory';
}

function addVariables(plan: Planning, home: ByteText, native: ByteText, hook: ByteText): boolean {
  const createIfDirectory = (name: string, path: ByteText): boolean =>
    whyDirectoryUnusable(plan.subject, path) !== undefined ||
    plan.create(name, path, 'lets the runtime find the libraries of the .NET agent');
  return (
    plan.create('CORECLR_ENABLE_PROFILING', '1', 'makes the runtime load a profiler') &&
    plan.create('CORECLR_PROFILER', PROFILER_ID, 'names the profiler of OpenTelemetry') &&
    plan.create('CORECLR_PROFILER_PATH', native, 'says where that profiler is') &&
    plan.create('DOTNET_STARTUP_HOOKS', hook, 'starts the .NET agent before the program') &&
    (plan.env.has('OTEL_DOTNET_AUTO_HOME') ||
      plan.create('OTEL_DOTNET_AUTO_HOME', home, 'tells the .NET agent where it is')) &&
    createIfDirectory('DOTNET_ADDITIONAL_DEPS', `${home}/AdditionalDeps`) &&
    createIfDirectory('DOTNET_SHARED_STORE', `${home}/store`)
  );
}

function architecture({ machine }: Subject): string {
  return machine === 'x86_64' ? 'x64' : 'arm64';
}

/** What runtimeconfig.json and deps.json beside the application say against it. */
function applicationVerdict(plan: Planning): InjectVerdict | undefined {
  const { subject, settings, notes } = plan;
  const host = isHost(subject);
  const stem = host ? assembly(subject).slice(0, -4) : subject.executable;
  if (stem === undefined) return 'agent_unusable';
  const { pathOf } = subject;
  const config = readText(pathOf(`${stem}.runtimeconfig.json`), INJECT_LIMITS.configBytes);
  if (config.kind === 'bytes') {
    const major = targetMajor(config.source);
    const key = 'dotnet_auto_instrumentation_minimum_dotnet_major_version';
    const minimum = versionOf(settings, key).major;
    if (major !== undefined && major < minimum) {
      notes.push(`it wants .NET ${major}; the minimum is ${minimum}`);
      return 'version_too_old';
    }
  } else if (!host) {
    notes.push(`${stem}.runtimeconfig.json is missing or cannot be read`);
    return 'agent_unusable';
  }
  const deps = readText(pathOf(`${stem}.deps.json`), INJECT_LIMITS.depsJsonBytes);
  // OpenTelemetry.Api alone is only an interface and no reason to stand down.
  const isOther =
    deps.kind === 'bytes' && deps.source.includes('"OpenTelemetry.AutoInstrumentation');
  return isOther ? 'other_agent' : undefined;
}

/** Major version of `"tfm": "net8.0"`, else of the framework named there. */
export function targetMajor(json: ByteText): number | undefined {
  const tfm = stringAfter(json, '"tfm"');
  if (tfm === undefined) {
    const at = json.indexOf('"Microsoft.NETCore.App"');
    const version = at < 0 ? undefined : stringAfter(json.slice(at), '"version"');
    return version === undefined ? undefined : leadingNumber(version);
  }
  for (const family of ['netcoreapp', 'net']) {
    if (tfm.startsWith(family)) return leadingNumber(tfm.slice(family.length));
  }
  return undefined;
}

function stringAfter(json: ByteText, key: string): ByteText | undefined {
  const at = json.indexOf(key);
  const colon = at < 0 ? -1 : json.indexOf(':', at + key.length);
  if (colon < 0) return undefined;
  const value = trim(json.slice(colon + 1));
  const end = value.indexOf('"', 1);
  return value[0] !== '"' || end < 0 ? undefined : value.slice(1, end);
}
