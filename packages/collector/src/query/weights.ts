// SPDX-License-Identifier: Apache-2.0
import type { Selection } from '@otelkit/viewer/contract';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';
import type { StackWeights } from './callTree.ts';
import { hourWeightsOf } from './hourWeights.ts';
import { dataRangeOf } from './range.ts';
import { chooseType, conditionOf } from './selection.ts';

export interface CountedStacks extends StackWeights {
  /** Samples behind each weight. */
  readonly counts: Float64Array;
  /** Sum of the squares of the samples' values: what the sampling error is made of. */
  readonly squares: Float64Array;
  readonly sampleCount: number;
  readonly totalWeight: number;
}

/** How much each stack weighs in a choice of samples. */
export async function stackWeights(store: Store, selection: Selection): Promise<CountedStacks> {
  const { weightOfOne } = chooseType(selection, store.tables);
  if (weightOfOne > 0) {
    const kept = await keptWeights(store, selection);
    if (kept !== undefined) return even(kept, weightOfOne);
  }
  const where = conditionOf(selection, store.tables);
  if (weightOfOne > 0) {
    const sql = `SELECT stack, sum(value)::DOUBLE FROM sample_rows WHERE ${where} GROUP BY stack`;
    const [stacks, weights] = await store.read((connection) =>
      readColumns(connection, sql, [Uint32Array, Float64Array]),
    );
    return even({ stacks, weights }, weightOfOne);
  }
  const sums = 'sum(value)::DOUBLE, count(*)::DOUBLE, sum(value::DOUBLE * value)';
  const sql = `SELECT stack, ${sums} FROM sample_rows WHERE ${where} GROUP BY stack`;
  const columns = await store.read((connection) =>
    readColumns(connection, sql, [Uint32Array, Float64Array, Float64Array, Float64Array]),
  );
  return answer(...columns);
}

/** From sums by the hour, for choices of a time, a type and kinds of frames alone. */
async function keptWeights(store: Store, selection: Selection): Promise<StackWeights | undefined> {
  const { from, to, type, kind, ...others } = selection;
  if (Object.keys(others).length > 0) return undefined;
  const { fromUs, toUs } = dataRangeOf(store, selection);
  const types = conditionOf(type === undefined ? {} : { type }, store.tables);
  const all = await hourWeightsOf(store).weights(types, fromUs, toUs);
  if (all === undefined || kind === undefined) return all;
  const mask = kind.reduce((bits, one) => bits | store.tables.frames.bitOfKind(one), 0);
  const isWanted = (_: number, i: number): boolean =>
    (store.tables.stacks.kindsOf(all.stacks[i]!) & mask) !== 0;
  return { stacks: all.stacks.filter(isWanted), weights: all.weights.filter(isWanted) };
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
