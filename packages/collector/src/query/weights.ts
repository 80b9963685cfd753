// SPDX-License-Identifier: Apache-2.0
import type { Selection } from '@otelkit/viewer/contract';
import { COLLECTOR_LIMITS } from '../limits.ts';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';
import type { StackWeights } from './callTree.ts';
import { keptSums, type Part, STACK_SUM } from './hourSums.ts';
import { chooseType, kindMask, samplesOf } from './selection.ts';

export interface CountedStacks extends StackWeights {
  /** Samples behind each weight. */
  readonly counts: Float64Array;
  /** Sum of the squares of the samples' values: what the sampling error is made of. */
  readonly squares: Float64Array;
  readonly sampleCount: number;
  readonly totalWeight: number;
}

interface Asked {
  /** Of the store when it was asked for. */
  readonly changes: number;
  readonly weights: Promise<CountedStacks>;
}

/** Of each store the last choices: a page asks several questions about the same ones. */
const asked = new WeakMap<Store, Map<string, Asked>>();

/** How much each stack weighs in a choice of samples. Not to be written to. */
export function stackWeights(store: Store, selection: Selection): Promise<CountedStacks> {
  const answers = asked.get(store) ?? new Map<string, Asked>();
  asked.set(store, answers);
  const { changes } = store.writes;
  const key = JSON.stringify(selection);
  const known = answers.get(key);
  if (known?.changes === changes) return known.weights;
  const weights = readWeights(store, selection);
  answers.delete(key);
  answers.set(key, { changes, weights });
  for (const oldest of answers.keys()) {
    if (answers.size <= COLLECTOR_LIMITS.keptChoices) break;
    answers.delete(oldest);
  }
  const forget = (): void => {
    if (answers.get(key)?.weights === weights) answers.delete(key);
  };
  weights.then(({ stacks }) => {
    if (stacks.length > COLLECTOR_LIMITS.keptChoiceStacks) forget();
  }, forget);
  return weights;
}

async function readWeights(store: Store, selection: Selection): Promise<CountedStacks> {
  const { weightOfOne } = chooseType(selection, store.tables);
  if (weightOfOne > 0) {
    const kept = await keptWeights(store, selection);
    if (kept !== undefined) return even(kept, weightOfOne);
  }
  const samples = samplesOf(selection, store.tables);
  if (weightOfOne > 0) {
    const [stacks, weights] = await store.read((connection) => STACK_SUM.read(connection, samples));
    return even({ stacks, weights }, weightOfOne);
  }
  const sums = 'sum(value)::DOUBLE, count(*)::DOUBLE, sum(value::DOUBLE * value)';
  const sql = `SELECT stack, ${sums} FROM ${samples} GROUP BY stack`;
  const columns = await store.read((connection) =>
    readColumns(connection, sql, [Uint32Array, Float64Array, Float64Array, Float64Array]),
  );
  return answer(...columns);
}

/** Sums by the hour, for choices of a time, a type and kinds of frames alone. */
export async function keptStacks(
  store: Store,
  selection: Selection,
): Promise<readonly Part<readonly [Uint32Array, Float64Array]>[] | undefined> {
  const { from: _, to: __, type: ___, kind: ____, ...others } = selection;
  return Object.keys(others).length > 0 ? undefined : keptSums(store, STACK_SUM, selection);
}

async function keptWeights(store: Store, selection: Selection): Promise<StackWeights | undefined> {
  const parts = await keptStacks(store, selection);
  if (parts === undefined) return undefined;
  const { kind } = selection;
  const all = added(parts.map(({ columns }) => columns));
  if (kind === undefined) return all;
  const mask = kindMask(kind, store.tables);
  const isWanted = (_: number, i: number): boolean =>
    (store.tables.stacks.kindsOf(all.stacks[i]!) & mask) !== 0;
  return { stacks: all.stacks.filter(isWanted), weights: all.weights.filter(isWanted) };
}

function added(parts: readonly (readonly [Uint32Array, Float64Array])[]): StackWeights {
  let most = 0;
  for (const [stacks] of parts) {
    for (let i = 0; i < stacks.length; i++) if (stacks[i]! >= most) most = stacks[i]! + 1;
  }
  const sums = new Float64Array(most);
  for (const [stacks, weights] of parts) {
    for (let i = 0; i < stacks.length; i++) sums[stacks[i]!]! += weights[i]!;
  }
  const found = new Uint32Array(most);
  let count = 0;
  for (let stack = 0; stack < most; stack++) if (sums[stack] !== 0) found[count++] = stack;
  const stacks = found.slice(0, count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) weights[i] = sums[stacks[i]!]!;
  return { stacks, weights };
}

/** Where each sample weighs the same. */
function even({ stacks, weights }: StackWeights, weightOfOne: number): CountedStacks {
  const counts = weights.map((weight) => weight / weightOfOne);
  const squares = weights.map((weight) => weight * weightOfOne);
  return answer(stacks, weights, counts, squares);
}

function answer(
  stacks: Uint32Array,
  weights: Float64Array,
  counts: Float64Array,
  squares: Float64Array,
): CountedStacks {
  const sampleCount = Math.round(sum(counts));
  return { stacks, weights, counts, squares, sampleCount, totalWeight: sum(weights) };
}

export function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
