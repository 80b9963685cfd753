// SPDX-License-Identifier: Apache-2.0
// What a running process really has, in a word and a clause.
import { fromByteText } from '../../config/byteText.ts';
import { type InjectVerdict, VERDICT_TEXTS } from '../predict/verdicts.ts';
import type { ProcessExplanation } from './process.ts';

/**
 * `injected`, `attributes`: seen in its memory; `stood-down`: the library is there and left it
 * alone; `not-loaded`: it is not there; `unreadable`: it is there, its memory could not be read.
 */
export type InjectionState =
  | 'injected'
  | 'attributes'
  | 'stood-down'
  | 'unconcerned'
  | 'not-loaded'
  | 'unreadable';

export interface PresentState {
  readonly state: InjectionState;
  readonly says: string;
  /** How it is known. */
  readonly evidence: 'memory' | 'record' | 'maps';
  /** Names of the variables that the library changed in it. */
  readonly variables: readonly string[];
}

export function presentState(explanation: ProcessExplanation): PresentState {
  const { library, memory, memoryProblem, program } = explanation;
  const verdict = memory?.state?.verdict;
  const variables = (memory?.applied ?? []).map(fromByteText);
  if (library === undefined && memory?.state === undefined) return notLoaded(explanation);
  if (verdict !== undefined) {
    return { state: stateOf(verdict), says: VERDICT_TEXTS[verdict], evidence: 'memory', variables };
  }
  if (memory?.applied !== undefined) {
    // Only a process that the library changed carries a record that it wrote itself.
    const says = `the library added to ${variables.join(', ')}`;
    const isAgent = variables.some((name) => !name.startsWith('OTEL_RESOURCE'));
    return { state: isAgent ? 'injected' : 'attributes', says, evidence: 'record', variables };
  }
  if (memory === undefined) {
    const why = memoryProblem ?? 'nothing of its environment was found';
    const says = `the library is loaded; its memory says no more: ${why}`;
    return { state: 'unreadable', says, evidence: 'maps', variables };
  }
  const { prediction } = program;
  const isKnown = prediction !== undefined && prediction.runtime !== 'none';
  const wouldNow = prediction?.verdict === 'injected';
  const because =
    prediction === undefined
      ? program.load.reason
      : wouldNow
        ? 'it found a reason when the process was started that is not there any more'
        : VERDICT_TEXTS[prediction.verdict];
  const says = [because, ...(wouldNow ? [] : (prediction?.notes ?? []))].join('; ');
  return { state: isKnown ? 'stood-down' : 'unconcerned', says, evidence: 'memory', variables };
}

function notLoaded({ program }: ProcessExplanation): PresentState {
  const { verdict, reason } = program.load;
  const says = verdict === 'no' ? reason : 'the library is not in its memory map';
  return { state: 'not-loaded', says, evidence: 'maps', variables: [] };
}

function stateOf(verdict: InjectVerdict): InjectionState {
  if (verdict === 'injected' || verdict === 'already_injected') return 'injected';
  return verdict === 'attributes_only' ? 'attributes' : 'stood-down';
}
