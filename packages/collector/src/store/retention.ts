// SPDX-License-Identifier: Apache-2.0
// What is too old goes, and where that is not enough, the oldest. Room in the file is used again; the
// file itself does not become smaller.

import { COLLECTOR_LIMITS } from '../limits.ts';
import { storeBytes } from '../query/status.ts';
import { temporaryTable } from './appendTable.ts';
import type { Connection } from './duckdb.ts';
import { readColumns } from './readColumns.ts';
import type { TableSpec } from './schema.ts';
import type { Store } from './store.ts';

export interface RetentionRules {
  readonly ageMs: number;
  /** Infinity for no limit. */
  readonly bytes: number;
}

export interface Removed {
  /** Everything before this is gone; 0 where nothing had to go. */
  readonly beforeUs: number;
  readonly bytes: number;
}

/** Runs between two writes. */
export async function applyRetention(
  store: Store,
  rules: RetentionRules,
  nowMs: number = Date.now(),
): Promise<Removed> {
  let result: Removed = { beforeUs: 0, bytes: 0 };
  await store.maintain(async (connection) => {
    const oldestUs = Math.floor((nowMs - rules.ageMs) * 1_000);
    let beforeUs = (await removeBefore(connection, oldestUs)) ? oldestUs : 0;
    let bytes = await storeBytes(connection);
    for (let step = 0; bytes > rules.bytes && step < COLLECTOR_LIMITS.retentionSteps; step++) {
      const { firstUs, lastUs } = await extent(connection);
      if (lastUs <= firstUs) break;
      // A part in proportion, and a little more, so that not every minute something has to go.
      const share = Math.min(0.9, 1.1 * (1 - rules.bytes / bytes) + 0.02);
      beforeUs = Math.ceil(firstUs + share * (lastUs - firstUs));
      await removeBefore(connection, beforeUs);
      bytes = await storeBytes(connection);
    }
    if (beforeUs > 0) await removeUnused(store, connection);
    result = { beforeUs, bytes };
  });
  return result;
}

async function extent(
  connection: Connection,
): Promise<{ readonly firstUs: number; readonly lastUs: number }> {
  const sql = `SELECT coalesce(min(t), 0)::DOUBLE, coalesce(max(t), 0)::DOUBLE FROM (
    SELECT min(time_us) AS t FROM sample_rows UNION ALL SELECT max(time_us) FROM sample_rows
    UNION ALL SELECT min(start_us) FROM span_rows UNION ALL SELECT max(start_us) FROM span_rows)`;
  const [row] = (await connection.runAndReadAll(sql)).getRows();
  return { firstUs: Number(row![0]), lastUs: Number(row![1]) };
}

/** Times of samples, from the first to just behind the last one; 0 and 0 without any. */
export async function writtenRange(
  connection: Connection,
): Promise<{ readonly firstUs: number; readonly endUs: number }> {
  const sql = `SELECT coalesce(min(time_us), 0)::DOUBLE, coalesce(max(time_us) + 1, 0)::DOUBLE
    FROM sample_rows`;
  const [first, end] = await readColumns(connection, sql, [Float64Array, Float64Array]);
  return { firstUs: first[0]!, endUs: end[0]! };
}

/** @returns whether anything was there */
async function removeBefore(connection: Connection, beforeUs: number): Promise<boolean> {
  const samples = await connection.run(`DELETE FROM sample_rows WHERE time_us < ${beforeUs}`);
  const spans = await connection.run(`DELETE FROM span_rows WHERE start_us < ${beforeUs}`);
  const count = samples.rowsChanged + spans.rowsChanged;
  if (count === 0) return false;
  // Only a checkpoint gives blocks back.
  await connection.run('CHECKPOINT');
  return true;
}

/** Links, stacks and frames that no sample has any more go with the last one that had them. */
async function removeUnused(store: Store, connection: Connection): Promise<void> {
  const { firstUs, endUs } = await writtenRange(connection);
  store.writes.reset(firstUs, endUs);
  await connection.run(
    'DELETE FROM link_rows WHERE id NOT IN (SELECT DISTINCT link FROM sample_rows)' +
      ' AND id < (SELECT coalesce(min(link), 0) FROM sample_rows WHERE link > 0)',
  );
  const { stacks, frames } = store.tables;
  const before = { stacks: stacks.count, frames: frames.count };
  const sql = 'SELECT DISTINCT stack FROM sample_rows';
  const [used] = await readColumns(connection, sql, [Uint32Array]);
  // What is let go of here gets a new number when it comes again: its rows can go afterwards.
  const gone = store.retain(used, before);
  await removeRows(connection, 'stack_rows', 'id', gone.stacks);
  await removeRows(connection, 'stack_frame_rows', 'stack', gone.stacks);
  await removeRows(connection, 'frame_rows', 'id', gone.frames);
}

async function removeRows(
  connection: Connection,
  table: string,
  column: string,
  numbers: Uint32Array,
): Promise<void> {
  if (numbers.length === 0) return;
  await temporaryTable(connection, GONE, [numbers], numbers.length);
  await connection.run(`DELETE FROM ${table} WHERE ${column} IN (SELECT id FROM ${GONE.name})`);
  await connection.run(`DROP TABLE ${GONE.name}`);
}

const GONE: TableSpec = { name: 'gone', columns: [['id', 'u32']] };

/** Stacks and frames that no sample has any more; before anything is loaded into memory. */
export async function removeForgotten(connection: Connection): Promise<void> {
  await connection.run(`BEGIN;
    DELETE FROM stack_rows WHERE id NOT IN (SELECT DISTINCT stack FROM sample_rows);
    DELETE FROM stack_frame_rows WHERE stack NOT IN (SELECT id FROM stack_rows);
    DELETE FROM frame_rows WHERE id NOT IN (SELECT DISTINCT frame FROM stack_frame_rows);
    COMMIT`);
}
