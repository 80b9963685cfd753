// SPDX-License-Identifier: Apache-2.0
// `--set KEY=VALUE` as variables for one command: every key but one has its own.
import { ToolError } from '@otelkit/cli-kit';
import { type ByteText, toByteText } from '../config/byteText.ts';
import { findKey, KEYS, variableOf } from '../config/keys.ts';
import { nearest } from '../config/nearest.ts';
import { parseVersion } from '../config/settings.ts';
import { ATTRIBUTE_VARIABLES } from '../explain/predict/resource.ts';

export interface RunSettings {
  /** NAME → value. */
  readonly variables: ReadonlyMap<string, ByteText>;
  /** `all_auto_instrumentation_agents_env_path`, which only a file can set. */
  readonly envFile: ByteText | undefined;
}

/** Settings that are variables only: what the resource attributes are made of, and the log. */
const EXTRA: ReadonlyMap<string, string> = new Map(
  [
    ...ATTRIBUTE_VARIABLES.map(([variable]) => variable),
    'OTEL_INJECTOR_RESOURCE_ATTRIBUTES',
    'OTEL_INJECTOR_LOG_LEVEL',
    'OTEL_INJECTOR_DISABLED',
  ].map((variable) => [variable.slice('OTEL_INJECTOR_'.length).toLowerCase(), variable]),
);

/** @throws ToolError (exit 2) for what is no KEY=VALUE, or no key */
export function parseRunSettings(given: readonly string[]): RunSettings {
  const variables = new Map<string, ByteText>();
  let envFile: ByteText | undefined;
  for (const word of given) {
    const equals = word.indexOf('=');
    if (equals <= 0) {
      throw usage(`--set ${word}: there is no "="`, 'write --set KEY=VALUE');
    }
    const name = word.slice(0, equals);
    const value = toByteText(word.slice(equals + 1));
    const key = findKey(name);
    const variable = EXTRA.get(name) ?? (key === undefined ? undefined : variableOf(key));
    if (key?.kind === 'version' && parseVersion(value) === undefined) {
      throw usage(`--set ${word}: is no version`, 'write a number such as 18 or 3.9');
    }
    if (variable !== undefined) variables.set(variable, value);
    else if (key !== undefined) envFile = value;
    else {
      const meant = nearest(name, [...EXTRA.keys(), ...KEYS.map((each) => each.name)]);
      const hint =
        meant === undefined ? 'otel-inject config get lists them' : `did you mean ${meant}?`;
      throw usage(`--set ${word}: there is no such key`, hint);
    }
  }
  return { variables, envFile };
}

function usage(message: string, hint: string): ToolError {
  return new ToolError(message, { code: 'USAGE', exitCode: 2, hint });
}
