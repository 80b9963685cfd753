// SPDX-License-Identifier: Apache-2.0
import type { Selection } from '@otelkit/viewer/contract';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';
import { wholeUs } from './selection.ts';

export interface UsRange {
  readonly fromUs: number;
  readonly toUs: number;
}

/** The range of a choice; where it leaves an end open, that of the data. */
export async function rangeOf(store: Store, selection: Selection): Promise<UsRange> {
  const { from, to } = selection;
  if (from !== undefined && to !== undefined) return { fromUs: wholeUs(from), toUs: wholeUs(to) };
  const sql = `SELECT coalesce(min(time_us), 0)::DOUBLE, coalesce(max(time_us) + 1, 0)::DOUBLE
    FROM sample_rows`;
  const [first, last] = await store.read((connection) =>
    readColumns(connection, sql, [Float64Array, Float64Array]),
  );
  return {
    fromUs: from === undefined ? first[0]! : wholeUs(from),
    toUs: to === undefined ? last[0]! : wholeUs(to),
  };
}
