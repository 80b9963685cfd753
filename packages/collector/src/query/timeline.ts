// SPDX-License-Identifier: Apache-2.0
// Weights over time: buckets of a timeline, cells of a heat map.
import type { HeatMap, Selection, Timeline } from '@otelkit/viewer/contract';
import { COLLECTOR_LIMITS } from '../limits.ts';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';
import { rangeOf } from './range.ts';
import { conditionOf } from './selection.ts';

export type SeriesBy = 'none' | 'service' | 'kind';

/** Series of their own; all others are one. */
const MOST_SERIES = 8;

export async function timelineOf(
  store: Store,
  selection: Selection,
  buckets: number,
  by: SeriesBy,
): Promise<Timeline> {
  const { fromUs, toUs } = rangeOf(store, selection);
  const bucketUs = Math.max(1, Math.ceil((toUs - fromUs) / buckets));
  const key =
    by === 'kind' ? 'k.leaf_kind::UINTEGER' : by === 'service' ? 'process' : '0::UINTEGER';
  const join = by === 'kind' ? 'JOIN stack_rows k ON k.id = stack' : '';
  const where = conditionOf({ ...selection, from: fromUs / 1_000, to: toUs / 1_000 }, store.tables);
  const sql = `SELECT ((time_us - ${fromUs}) // ${bucketUs})::UINTEGER, ${key},
    sum(value)::DOUBLE FROM sample_rows ${join} WHERE ${where} GROUP BY ALL`;
  const [bucket, keys, weights] = await store.read((connection) =>
    readColumns(connection, sql, [Uint32Array, Uint32Array, Float64Array]),
  );
  const count = Math.min(buckets, Math.max(1, Math.ceil((toUs - fromUs) / bucketUs)));
  const series = new Map<string, Float64Array>();
  for (let i = 0; i < bucket.length; i++) {
    const name = nameOf(store, by, keys[i]!);
    const values = series.get(name) ?? new Float64Array(count);
    series.set(name, values);
    values[Math.min(count - 1, bucket[i]!)]! += weights[i]!;
  }
  return {
    startMs: fromUs / 1_000,
    bucketMs: bucketUs / 1_000,
    series: heaviest(series, count).map(([name, values]) => ({ name, values: [...values] })),
  };
}

function nameOf(store: Store, by: SeriesBy, key: number): string {
  const { origins, frames } = store.tables;
  if (by === 'none') return 'all';
  if (by === 'kind') return frames.kinds[key] ?? 'none';
  const process = origins.processes[key];
  return process?.service || process?.name || 'unknown';
}

function heaviest(series: Map<string, Float64Array>, count: number): [string, Float64Array][] {
  const weight = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  const sorted = [...series].sort((a, b) => weight(b[1]) - weight(a[1]));
  const shown = sorted.slice(0, MOST_SERIES);
  if (sorted.length <= MOST_SERIES) return shown;
  const other = new Float64Array(count);
  for (const [, values] of sorted.slice(MOST_SERIES)) {
    for (let i = 0; i < count; i++) other[i]! += values[i]!;
  }
  return [...shown, ['other', other]];
}

/** @param rows cells of a column, each `columnMs / rows` long */
export async function heatMapOf(
  store: Store,
  selection: Selection,
  columnMs: number,
  rows: number,
): Promise<HeatMap> {
  const range = rangeOf(store, selection);
  const columnUs = columnMs * 1_000;
  // Columns begin at whole ones, so that the next answer has the same ones.
  const fromUs = Math.floor(range.fromUs / columnUs) * columnUs;
  const most = Math.floor(COLLECTOR_LIMITS.heatMapCells / rows);
  // A range that ends before it begins has no columns.
  const columns = Math.max(0, Math.min(most, Math.ceil((range.toUs - fromUs) / columnUs)));
  const endUs = fromUs + columns * columnUs;
  const cellUs = Math.max(1, Math.floor(columnUs / rows));
  const where = conditionOf(
    // Numbers of columns beyond these would not fit where the engine puts them.
    { ...selection, from: range.fromUs / 1_000, to: Math.min(range.toUs, endUs) / 1_000 },
    store.tables,
  );
  const column = `(time_us - ${fromUs}) // ${columnUs}`;
  const row = `least(${rows - 1}, ((time_us - ${fromUs}) % ${columnUs}) // ${cellUs})`;
  const sql = `SELECT (${column})::UINTEGER, (${row})::UINTEGER, sum(value)::DOUBLE
    FROM sample_rows WHERE ${where} GROUP BY ALL`;
  const [at, inColumn, weights] = await store.read((connection) =>
    readColumns(connection, sql, [Uint32Array, Uint32Array, Float64Array]),
  );
  const values = new Float64Array(columns * rows);
  for (let i = 0; i < at.length; i++) {
    if (at[i]! < columns) values[at[i]! * rows + inColumn[i]!]! += weights[i]!;
  }
  const cells = values as unknown as readonly number[];
  return { startMs: fromUs / 1_000, columnMs, rows, columns, values: cells };
}
