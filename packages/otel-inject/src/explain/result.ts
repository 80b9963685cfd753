// SPDX-License-Identifier: Apache-2.0
// What `explain` gives out: plain data, with values that look secret masked.
import { maskArguments, maskText, maskVariable, type Verdict } from '@otelkit/core';
import { type ByteText, fromByteText } from '../config/byteText.ts';
import type { Origin } from '../config/settings.ts';
import type { ProgramExplanation } from './launch/program.ts';
import { APPLIED } from './predict/applied.ts';
import { Environment } from './predict/environment.ts';
import {
  type InjectRuntime,
  type InjectVerdict,
  RUNTIME_NAMES,
  VERDICT_TEXTS,
} from './predict/verdicts.ts';

export interface VariableChange {
  readonly name: string;
  /** Null: it is not there. */
  readonly before: string | null;
  readonly after: string | null;
  readonly reasons: readonly string[];
}

export interface ProgramResult {
  readonly program: string;
  readonly executable: string;
  readonly arguments: readonly string[];
  readonly loaded: {
    readonly verdict: Verdict;
    readonly reason: string;
    readonly hint: string | null;
  };
  readonly runtime: {
    readonly id: InjectRuntime;
    readonly name: string;
    readonly version: string | null;
  };
  readonly verdict: InjectVerdict | 'not-loaded';
  /** The verdict in words. */
  readonly because: string;
  readonly notes: readonly string[];
  readonly serviceName: string | null;
  readonly resourceAttributes: string | null;
  readonly variables: readonly VariableChange[];
  readonly configuration: readonly { readonly path: string; readonly state: string }[];
}

export type { Origin };

export function programResult(explanation: ProgramExplanation): ProgramResult {
  const { prediction, load } = explanation;
  const runtime = prediction?.runtime ?? 'none';
  const verdict = prediction?.verdict ?? 'not-loaded';
  const name = new Environment(explanation.after).get('OTEL_SERVICE_NAME');
  const attributes = new Environment(explanation.after).get('OTEL_RESOURCE_ATTRIBUTES');
  return {
    program: explanation.path,
    executable: explanation.executable,
    arguments: maskArguments(explanation.argv.map(fromByteText)),
    loaded: { verdict: load.verdict, reason: load.reason, hint: load.hint ?? null },
    runtime: {
      id: runtime,
      name: RUNTIME_NAMES[runtime],
      version: explanation.runtimeVersion ?? null,
    },
    verdict,
    because: verdict === 'not-loaded' ? load.reason : VERDICT_TEXTS[verdict],
    notes: (prediction?.notes ?? []).map(fromByteText),
    serviceName: name ? fromByteText(name) : (serviceNameIn(attributes) ?? null),
    resourceAttributes: attributes === undefined ? null : maskText(fromByteText(attributes)),
    variables: changedVariables(explanation),
    configuration: prediction?.config?.files ?? [],
  };
}

function serviceNameIn(attributes: ByteText | undefined): string | undefined {
  const pair = attributes?.split(',').find((part) => /^\s*service\.name\s*=/.test(part));
  if (pair === undefined) return undefined;
  const value = pair.slice(pair.indexOf('=') + 1).trim();
  try {
    return decodeURIComponent(value);
  } catch {
    return fromByteText(value);
  }
}

/** Every variable that differs; the record for children is left out: it says the same again. */
function changedVariables({ before, after, prediction }: ProgramExplanation): VariableChange[] {
  const old = new Environment(before);
  const now = new Environment(after);
  const names = new Set<ByteText>();
  for (const { name } of prediction?.changes ?? []) names.add(name);
  for (const name of prediction?.removed ?? []) names.add(name);
  names.delete(APPLIED);
  const changes: VariableChange[] = [];
  for (const name of names) {
    if (old.get(name) === now.get(name)) continue;
    const reasons = (prediction?.changes ?? [])
      .filter((change) => change.name === name)
      .map(({ reason }) => fromByteText(reason));
    if (prediction?.removed.includes(name)) reasons.unshift('a parent had added to it');
    const shown = fromByteText(name);
    changes.push({
      name: shown,
      before: masked(shown, old.get(name)),
      after: maskedAfter(shown, old.get(name), now.get(name)),
      reasons,
    });
  }
  return changes;
}

/** Their values are command lines, in which an option's name says what is secret. */
const OPTION_VARIABLES = new Set(['JAVA_TOOL_OPTIONS', 'NODE_OPTIONS', 'RUBYOPT']);
/** What the library adds to these are paths of agents, which a person must be able to read. */
const AGENT_VARIABLES =
  /^(?:JAVA_TOOL_OPTIONS|NODE_OPTIONS|RUBYOPT|PYTHONPATH|CORECLR_|DOTNET_|OTEL_DOTNET_AUTO_HOME$|OTEL_RUBY_)/;

/** The value afterwards: what was there before is masked, what is added to it is not. */
function maskedAfter(
  name: string,
  before: ByteText | undefined,
  after: ByteText | undefined,
): string | null {
  if (after === undefined || !AGENT_VARIABLES.test(name)) return masked(name, after);
  if (!before) return fromByteText(after);
  const at = after.indexOf(before);
  if (at < 0) return masked(name, after);
  const rest = fromByteText(after.slice(at + before.length));
  return `${fromByteText(after.slice(0, at))}${masked(name, before)}${rest}`;
}

function masked(name: string, value: ByteText | undefined): string | null {
  if (value === undefined) return null;
  const text = maskVariable(name, fromByteText(value));
  return OPTION_VARIABLES.has(name) ? maskArguments(text.split(' ')).join(' ') : text;
}
