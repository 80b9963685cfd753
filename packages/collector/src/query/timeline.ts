// SPDX-License-Identifier: Apache-2.0
// Weights over time: buckets of a timeline, cells of a heat map.
import type { HeatMap, Selection, Timeline } from '@otelkit/viewer/contract';
import { COLLECTOR_LIMITS } from '../limits.ts';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';
import { type Buckets, bucketsOf } from './buckets.ts';
import { keptSums, MINUTE_SUM, MINUTE_US } from './hourSums.ts';
import { rangedSamplesOf, rangeOf } from './range.ts';
import { originNumbers, samplesOf } from './selection.ts';

export type SeriesBy = 'none' | 'service' | 'kind';

/** Series of their own; all others are one. */
const MOST_SERIES = 8;

export async function timelineOf(
  store: Store,
  selection: Selection,
  buckets: number,
  by: SeriesBy,
): Promise<Timeline> {
  const filled = bucketsOf(rangeOf(store, selection), buckets, MINUTE_US);
  const { startUs, bucketUs, count } = filled;
  const series = new Map<string, Float64Array>();
  const ofKey = new Map<number, Float64Array>();
  const valuesOf = (key: number): Float64Array => {
    const name = nameOf(store, by, key);
    const values = series.get(name) ?? new Float64Array(count);
    series.set(name, values);
    ofKey.set(key, values);
    return values;
  };
  const add: AddWeight = (bucket, key, weight) => {
    const values = ofKey.get(key) ?? valuesOf(key);
    values[Math.max(0, Math.min(count - 1, bucket))]! += weight;
  };
  const isKept = filled.isWhole && (await addMinutes(store, selection, by, filled, add));
  if (!isKept) await addSamples(store, selection, by, filled, add);
  return {
    startMs: startUs / 1_000,
    bucketMs: bucketUs / 1_000,
    series: heaviest(series, count).map(([name, values]) => ({ name, values: [...values] })),
  };
}

/** @param key number of a process or a kind, 0 where all are one */
type AddWeight = (bucket: number, key: number, weight: number) => void;

async function addSamples(
  store: Store,
  selection: Selection,
  by: SeriesBy,
  { startUs, bucketUs }: Buckets,
  add: AddWeight,
): Promise<void> {
  const key =
    by === 'kind' ? 'k.leaf_kind::UINTEGER' : by === 'service' ? 'process' : '0::UINTEGER';
  const kinds = by === 'kind' ? ' JOIN stack_rows k ON k.id = stack' : '';
  const samples = rangedSamplesOf(store, selection);
  const sql = `SELECT ((time_us - ${startUs}) // ${bucketUs})::UINTEGER, ${key},
    sum(value)::DOUBLE FROM (SELECT * FROM ${samples})${kinds} GROUP BY ALL`;
  const [bucket, keys, weights] = await store.read((connection) =>
    readColumns(connection, sql, [Uint32Array, Uint32Array, Float64Array]),
  );
  for (let i = 0; i < bucket.length; i++) add(bucket[i]!, keys[i]!, weights[i]!);
}

/** From sums by the hour, for choices of processes alone. @returns whether they were there */
async function addMinutes(
  store: Store,
  selection: Selection,
  by: SeriesBy,
  { startUs, bucketUs }: Buckets,
  add: AddWeight,
): Promise<boolean> {
  const { thread, cpu, kind, label, trace, span } = selection;
  if ([thread, cpu, kind, label, trace, span].some((chosen) => chosen !== undefined)) return false;
  const parts = await keptSums(store, MINUTE_SUM, selection);
  if (parts === undefined) return false;
  const { process } = originNumbers(selection, store.tables);
  const chosen = process && new Set(process);
  for (const { columns } of parts) {
    const [minute, processes, kinds, weights] = columns;
    for (let i = 0; i < minute.length; i++) {
      if (chosen?.has(processes[i]!) === false) continue;
      const key = by === 'kind' ? kinds[i]! : by === 'service' ? processes[i]! : 0;
      add(Math.floor((minute[i]! * MINUTE_US - startUs) / bucketUs), key, weights[i]!);
    }
  }
  return true;
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
  const weights = new Map([...series].map(([name, values]) => [name, weight(values)]));
  // Of equal ones by name: the engine tells them in any order.
  const sorted = [...series].sort(
    ([a], [b]) => weights.get(b)! - weights.get(a)! || (a < b ? -1 : 1),
  );
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
  const samples = samplesOf(
    // Numbers of columns beyond these would not fit where the engine puts them.
    { ...selection, from: range.fromUs / 1_000, to: Math.min(range.toUs, endUs) / 1_000 },
    store.tables,
  );
  const column = `(time_us - ${fromUs}) // ${columnUs}`;
  const row = `least(${rows - 1}, ((time_us - ${fromUs}) % ${columnUs}) // ${cellUs})`;
  const sql = `SELECT (${column})::UINTEGER, (${row})::UINTEGER, sum(value)::DOUBLE
    FROM ${samples} GROUP BY ALL`;
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
