// SPDX-License-Identifier: Apache-2.0
// Every key of injector.conf: the one table from which parser, `config`, `explain` and the
// documentation know them. It mirrors native/injector/src/config.zig.

export type KeyKind = 'text' | 'version' | 'patterns' | 'boolean';

/** `plain`: the key in capitals; `prefixed`: with OTEL_INJECTOR_ in front; `none`: file only. */
export type KeyVariable = 'none' | 'plain' | 'prefixed';

export interface KeySpec {
  readonly name: KeyName;
  readonly kind: KeyKind;
  readonly variable: KeyVariable;
  /** A line of it that cannot be read makes the library stand down rather than inject too much. */
  readonly limitsInjection: boolean;
  /** As it would be written; '' for nothing. */
  readonly defaultText: string;
  /** What its path must be, where it is one. */
  readonly path?: 'file' | 'directory' | 'optional-file';
  readonly summary: string;
}

export const KEY_NAMES = [
  'jvm_auto_instrumentation_agent_path',
  'nodejs_auto_instrumentation_agent_path',
  'python_auto_instrumentation_agent_path_prefix',
  'ruby_auto_instrumentation_agent_path_prefix',
  'dotnet_auto_instrumentation_agent_path_prefix',
  'jvm_auto_instrumentation_minimum_java_major_version',
  'nodejs_auto_instrumentation_minimum_nodejs_major_version',
  'python_auto_instrumentation_minimum_python_version',
  'ruby_auto_instrumentation_minimum_ruby_version',
  'dotnet_auto_instrumentation_minimum_dotnet_major_version',
  'all_auto_instrumentation_agents_env_path',
  'auto_instrumentation_disabled',
  'include_paths',
  'exclude_paths',
  'include_with_arguments',
  'exclude_with_arguments',
  'service_name_detection',
  'builtin_deny_list',
] as const;

export type KeyName = (typeof KEY_NAMES)[number];

export const DEFAULT_CONFIG_FILE = '/etc/opentelemetry/injector/injector.conf';
export const DEFAULT_CONFIG_DIRECTORY = '/etc/opentelemetry/injector/conf.d';
export const DEFAULT_ENV_FILE = '/etc/opentelemetry/injector/default_env.conf';

const TEXT = {
  kind: 'text',
  variable: 'plain',
  limitsInjection: false,
  defaultText: '',
} as const;

export const KEYS: readonly KeySpec[] = [
  agentFile('jvm_auto_instrumentation_agent_path', 'the jar for `-javaagent:`'),
  agentFile('nodejs_auto_instrumentation_agent_path', 'the module for `--require`'),
  agentDirectory('python_auto_instrumentation_agent_path_prefix', 'Python'),
  agentDirectory('ruby_auto_instrumentation_agent_path_prefix', 'Ruby'),
  agentDirectory('dotnet_auto_instrumentation_agent_path_prefix', '.NET'),
  minimum('jvm_auto_instrumentation_minimum_java_major_version', '8', 'Java'),
  minimum('nodejs_auto_instrumentation_minimum_nodejs_major_version', '18', 'Node.js'),
  minimum('python_auto_instrumentation_minimum_python_version', '3.9', 'Python'),
  minimum('ruby_auto_instrumentation_minimum_ruby_version', '3.1', 'Ruby'),
  minimum('dotnet_auto_instrumentation_minimum_dotnet_major_version', '8', '.NET'),
  {
    name: 'all_auto_instrumentation_agents_env_path',
    kind: 'text',
    variable: 'none',
    limitsInjection: false,
    defaultText: DEFAULT_ENV_FILE,
    path: 'optional-file',
    summary: 'a file of `OTEL_*` variables for every injected process that has none of its own',
  },
  {
    name: 'auto_instrumentation_disabled',
    kind: 'text',
    variable: 'prefixed',
    limitsInjection: true,
    defaultText: '',
    summary: 'runtimes that get no agent: `jvm`, `nodejs`, `python`, `ruby`, `dotnet`, or `*`',
  },
  patterns('include_paths', 'only programs whose file matches one of these patterns'),
  patterns('exclude_paths', 'no program whose file matches one of these patterns'),
  patterns('include_with_arguments', 'only commands with an argument that matches one of these'),
  patterns('exclude_with_arguments', 'no command with an argument that matches one of these'),
  flag('service_name_detection', 'name a service after its unit or command where nothing does'),
  flag('builtin_deny_list', 'leave package managers and parts of the operating system alone'),
];

const BY_NAME: ReadonlyMap<string, KeySpec> = new Map(KEYS.map((key) => [key.name, key]));

export function findKey(name: string): KeySpec | undefined {
  return BY_NAME.get(name);
}

/** The environment variable of a key, where it has one. */
export function variableOf({ name, variable }: KeySpec): string | undefined {
  if (variable === 'none') return undefined;
  return `${variable === 'prefixed' ? 'OTEL_INJECTOR_' : ''}${name.toUpperCase()}`;
}

function agentFile(name: KeyName, what: string): KeySpec {
  const summary = `${what}; empty: no agent`;
  return { ...TEXT, name, path: 'file', summary };
}

function agentDirectory(name: KeyName, runtime: string): KeySpec {
  const summary = `directory of the ${runtime} agent, with \`glibc\` and \`musl\` below it; empty: no agent`;
  return { ...TEXT, name, path: 'directory', summary };
}

function minimum(name: KeyName, defaultText: string, runtime: string): KeySpec {
  const summary = `the oldest ${runtime} that is given the agent`;
  return { name, kind: 'version', variable: 'plain', limitsInjection: false, defaultText, summary };
}

function patterns(name: KeyName, what: string): KeySpec {
  const summary = `${what} (\`*\` any run, \`?\` one byte, separated by commas)`;
  return {
    name,
    kind: 'patterns',
    variable: 'prefixed',
    limitsInjection: true,
    defaultText: '',
    summary,
  };
}

function flag(name: KeyName, summary: string): KeySpec {
  return {
    name,
    kind: 'boolean',
    variable: 'prefixed',
    limitsInjection: false,
    defaultText: 'true',
    summary,
  };
}
