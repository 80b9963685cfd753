// SPDX-License-Identifier: Apache-2.0
import type { Selection } from '@otelkit/viewer/contract';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';
import type { StackWeights } from './callTree.ts';
import { conditionOf } from './selection.ts';

export interface CountedStacks extends StackWeights {
  /** Rows behind each weight. */
  readonly counts: Float64Array;
  /** Sum of the squares of the rows' values: what the sampling error is made of. */
  readonly squares: Float64Array;
  readonly sampleCount: number;
  readonly totalWeight: number;
}

/** How much each stack weighs in a choice of samples. */
export async function stackWeights(store: Store, selection: Selection): Promise<CountedStacks> {
  const where = conditionOf(selection, store.tables);
  const sums = 'sum(value)::DOUBLE, count(*)::DOUBLE, sum(value::DOUBLE * value)';
  const sql = `SELECT stack, ${sums} FROM sample_rows WHERE ${where} GROUP BY stack`;
  const [stacks, weights, counts, squares] = await store.read((connection) =>
    readColumns(connection, sql, [Uint32Array, Float64Array, Float64Array, Float64Array]),
  );
  return {
    stacks,
    weights,
    counts,
    squares,
    sampleCount: sum(counts),
    totalWeight: sum(weights),
  };
}

export function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
