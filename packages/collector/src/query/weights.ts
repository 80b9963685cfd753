// SPDX-License-Identifier: Apache-2.0
import type { Selection } from '@otelkit/viewer/contract';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';
import type { StackWeights } from './callTree.ts';
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
  const where = conditionOf(selection, store.tables);
  if (weightOfOne > 0) {
    const sql = `SELECT stack, sum(value)::DOUBLE FROM sample_rows WHERE ${where} GROUP BY stack`;
    const [stacks, weights] = await store.read((connection) =>
      readColumns(connection, sql, [Uint32Array, Float64Array]),
    );
    const counts = weights.map((weight) => weight / weightOfOne);
    const squares = weights.map((weight) => weight * weightOfOne);
    return answer(stacks, weights, counts, squares);
  }
  const sums = 'sum(value)::DOUBLE, count(*)::DOUBLE, sum(value::DOUBLE * value)';
  const sql = `SELECT stack, ${sums} FROM sample_rows WHERE ${where} GROUP BY stack`;
  const columns = await store.read((connection) =>
    readColumns(connection, sql, [Uint32Array, Float64Array, Float64Array, Float64Array]),
  );
  return answer(...columns);
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
