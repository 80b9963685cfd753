// SPDX-License-Identifier: Apache-2.0
// Why one process carries no agent, and the next step.
import { BinaryCache, type ProcFs } from '@otelkit/core';
import type { InjectVerdict } from '../explain/predict/verdicts.ts';
import { presentState } from '../explain/process/describe.ts';
import { explainRunning, type ProcessExplanation } from '../explain/process/process.ts';
import { programResult } from '../explain/result.ts';
import type { DoctorCheck } from './check.ts';

const HINTS: Readonly<Partial<Record<InjectVerdict, string>>> = {
  disabled: 'take OTEL_INJECTOR_DISABLED out of its environment, then restart it',
  excluded: 'otel-inject config get shows the patterns',
  denied: 'otel-inject config set builtin_deny_list false',
  runtime_disabled: 'otel-inject config get auto_instrumentation_disabled',
  no_agent: 'sudo otel-inject agents add, then sudo otel-inject install',
  agent_unusable: 'otel-inject agents verify',
  version_too_old: 'use a newer runtime, or set the minimum lower with otel-inject config set',
  config_unreadable: 'otel-inject config validate',
  incompatible_options: 'start it without that option',
  other_agent: 'take the other agent out, if this one is wanted',
  own_settings: 'take its own settings out, if this agent is wanted',
  path_not_expressible: 'move the agent to a path without blanks, ":" and "="',
};

/** @throws ProcError */
export function processCheck(fs: ProcFs, pid: number): DoctorCheck {
  const explanation = explainRunning(fs, pid, new BinaryCache());
  const { state, says } = presentState(explanation);
  const program = programResult(explanation.program);
  const base = { id: 'process', title: `Process ${pid}` };
  const name = `${program.program} (${program.runtime.name})`;
  if (state === 'injected' || state === 'attributes') {
    return { ...base, verdict: 'ok', found: `${name}: ${says}` };
  }
  if (state === 'not-loaded' && program.verdict === 'injected') {
    return {
      ...base,
      verdict: 'bad',
      found: `${name}: ${says}`,
      costs: 'it sends nothing, although nothing would speak against it at its next start',
      hint: 'install first if it is not, then restart the process',
    };
  }
  if (program.runtime.id === 'none' && program.verdict === 'untouched') {
    const found = `${name}: there is no agent for it, and nothing asks for resource attributes`;
    return { ...base, verdict: 'ok', found };
  }
  const hint = hintFor(explanation);
  return {
    ...base,
    verdict: 'bad',
    found: `${name}: ${[says, ...notesBeyond(says, program)].join('; ')}`,
    costs: 'it carries no agent',
    ...(hint !== undefined && { hint }),
  };
}

function notesBeyond(
  says: string,
  { because, notes, verdict }: ReturnType<typeof programResult>,
): string[] {
  if (verdict === 'not-loaded') return [];
  return [because, ...notes].filter((text) => !says.includes(text));
}

function hintFor({ program }: ProcessExplanation): string | undefined {
  const { prediction, load } = program;
  if (prediction === undefined) return load.hint;
  return HINTS[prediction.verdict];
}
