// SPDX-License-Identifier: Apache-2.0
// Why a process is changed or left alone, in the library's own numbers
// (native/injector/src/context.zig): a tool reads them from a changed process's memory.

export const RUNTIMES = ['none', 'jvm', 'nodejs', 'python', 'ruby', 'dotnet'] as const;
export type InjectRuntime = (typeof RUNTIMES)[number];

export const RUNTIME_NAMES: Readonly<Record<InjectRuntime, string>> = {
  none: 'no known runtime',
  jvm: 'Java',
  nodejs: 'Node.js',
  python: 'Python',
  ruby: 'Ruby',
  dotnet: '.NET',
};

export const VERDICTS = {
  untouched: 0,
  injected: 1,
  attributes_only: 2,
  parent_removed: 3,
  disabled: 16,
  excluded: 17,
  denied: 18,
  runtime_disabled: 19,
  no_agent: 20,
  agent_unusable: 21,
  already_injected: 22,
  version_too_old: 23,
  config_unreadable: 24,
  out_of_memory: 25,
  informational: 26,
  incompatible_options: 27,
  other_agent: 28,
  own_settings: 29,
  path_not_expressible: 30,
} as const;

export type InjectVerdict = keyof typeof VERDICTS;

/** One clause about each, without a full stop. */
export const VERDICT_TEXTS: Readonly<Record<InjectVerdict, string>> = {
  untouched: 'nothing concerns it, so it is left exactly as it is',
  injected: 'the agent is added',
  attributes_only: 'resource attributes are added, as its own variables ask',
  parent_removed: 'what an injected parent had added is taken out, and nothing is put in',
  disabled: 'OTEL_INJECTOR_DISABLED is set in its environment',
  excluded: 'the include and exclude settings leave it out',
  denied: 'it is on the built-in list of programs that nobody wants traced',
  runtime_disabled: 'auto_instrumentation_disabled names its runtime',
  no_agent: 'no agent is configured for its runtime',
  agent_unusable:
    'files of the agent or application are missing, unreadable or not what they should be',
  already_injected: 'the agent is there already',
  version_too_old: 'the runtime is older than the agent supports',
  config_unreadable: 'the configuration cannot be read or trusted',
  out_of_memory: 'its environment would grow past what execve allows',
  informational: 'the command only asks the runtime for information',
  incompatible_options: 'an option on its command line or in its variables rules the agent out',
  other_agent: 'another OpenTelemetry agent is there',
  own_settings: 'the program brings its own settings for this',
  path_not_expressible: "the agent's path cannot be written in the variable",
};

const BY_NUMBER: ReadonlyMap<number, InjectVerdict> = new Map(
  Object.entries(VERDICTS).map(([name, number]) => [number, name as InjectVerdict]),
);

export function verdictOf(number: number): InjectVerdict | undefined {
  return BY_NUMBER.get(number);
}
