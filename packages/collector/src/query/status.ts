// SPDX-License-Identifier: Apache-2.0
import { CONTRACT_VERSION, type Loss, type Status } from '@otelkit/viewer/contract';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';
import { chosenTypes } from './selection.ts';

/** What the server knows beside the store. */
export interface StatusFacts {
  readonly toolVersion: string;
  readonly mode: 'live' | 'files';
  readonly title: string;
  readonly losses: readonly Loss[];
}

const LABELS: Readonly<Record<string, string>> = {
  samples: 'On-CPU',
  cpu: 'CPU',
  off_cpu: 'Off-CPU',
  events: 'Events',
  alloc_space: 'Allocated bytes',
  alloc_objects: 'Allocated objects',
  inuse_space: 'Bytes in use',
  inuse_objects: 'Objects in use',
};

export async function statusOf(store: Store, facts: StatusFacts): Promise<Status> {
  const [row, spans, bytes] = await store.read(async (connection) => {
    const sql = 'SELECT count(*), coalesce(min(time_us), 0), coalesce(max(time_us), 0) FROM ';
    const samples = await connection.runAndReadAll(`${sql} sample_rows`);
    const traces = await connection.runAndReadAll(
      `SELECT count(DISTINCT trace_id), coalesce(min(start_us), 0),
        coalesce(max(start_us + duration_us), 0) FROM span_rows`,
    );
    return [samples.getRows()[0]!, traces.getRows()[0]!, await storeBytes(connection)] as const;
  });
  const [rowCount, firstUs, lastUs] = row.map(Number) as [number, number, number];
  const [traceCount, firstSpanUs, lastSpanUs] = spans.map(Number) as [number, number, number];
  // Of a running agent a row is a sample; files may have added equal ones up.
  const sampleCount = facts.mode === 'live' ? rowCount : await countSamples(store);
  const starts = [firstUs, firstSpanUs].filter((us) => us > 0);
  const isEmpty = starts.length === 0;
  const sources = [...new Set(store.tables.origins.processes.map(({ source }) => source))];
  return {
    contractVersion: CONTRACT_VERSION,
    toolVersion: facts.toolVersion,
    mode: facts.mode,
    title: facts.title,
    nowMs: Date.now(),
    startMs: isEmpty ? 0 : Math.min(...starts) / 1_000,
    endMs: isEmpty ? 0 : (Math.max(lastUs, lastSpanUs) + 1) / 1_000,
    hasTimes: store.hasTimes,
    sampleTypes: chosenTypes(store.tables.origins.types).map(({ publicId, weightUnit }) => {
      const type = publicId.slice(0, publicId.lastIndexOf(':'));
      return { id: publicId, type, unit: weightUnit, label: LABELS[type] ?? type };
    }),
    sources: sources.map((source) => ({ id: source, name: source })),
    sampleCount,
    traceCount,
    storeBytes: bytes,
    losses: facts.losses,
  };
}

async function countSamples(store: Store): Promise<number> {
  const sql =
    'SELECT type::UINTEGER, count(*)::DOUBLE, sum(value)::DOUBLE FROM sample_rows GROUP BY type';
  const [types, counts, weights] = await store.read((connection) =>
    readColumns(connection, sql, [Uint32Array, Float64Array, Float64Array]),
  );
  let count = 0;
  for (const [i, type] of types.entries()) {
    const { weightOfOne = 0 } = store.tables.origins.types[type] ?? {};
    count += weightOfOne > 0 ? weights[i]! / weightOfOne : counts[i]!;
  }
  return Math.round(count);
}

/** Blocks in use, and what waits in the write-ahead log. */
export async function storeBytes(connection: {
  runAndReadAll(sql: string): Promise<{ getRowObjects(): Record<string, unknown>[] }>;
}): Promise<number> {
  const [size] = (await connection.runAndReadAll('PRAGMA database_size')).getRowObjects();
  return Number(size?.['block_size'] ?? 0) * Number(size?.['used_blocks'] ?? 0);
}
