// SPDX-License-Identifier: Apache-2.0
// Samples in one wide table, as warehouses take them: stacks as names, innermost first.
import { createReadStream, mkdtempSync, type ReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Selection } from '@otelkit/viewer/contract';
import { COLLECTOR_LIMITS } from '../limits.ts';
import { conditionOf } from '../query/selection.ts';
import type { Connection } from '../store/duckdb.ts';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';

/** Stacks whose frames are listed at once: the engine cannot put lists that it makes on disk. */
const STACKS_AT_ONCE = 10_000;
/** Rows that the engine holds until they are written. */
const GROUP_ROWS = 40_960;

/** The file goes with the stream. @throws StoreError */
export async function parquetFile(store: Store, selection: Selection): Promise<ReadStream> {
  const folder = mkdtempSync(join(store.exchangeFolder, 'export-'));
  const path = join(folder, 'profile.parquet');
  const where = conditionOf(selection, store.tables);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    await store.read(async (connection) => {
      await nameStacks(connection, where);
      await connection.run(copyTo(path, where));
    }, COLLECTOR_LIMITS.exportMs);
  } catch (error) {
    remove();
    throw error;
  }
  return createReadStream(path).once('close', remove);
}

/**
 * The names of each stack as a temporary table, which goes with the connection. A name is a number of
 * an enumeration in it, and in the rows that are joined to it: texts of each row would need gigabytes.
 */
async function nameStacks(connection: Connection, where: string): Promise<void> {
  const [stacks] = await readColumns(
    connection,
    `SELECT DISTINCT stack FROM sample_rows WHERE ${where} ORDER BY stack`,
    [Uint32Array],
  );
  await connection.run(`CREATE TEMP TABLE frame_names AS
    SELECT f.id, CASE WHEN f.function <> '' THEN f.function ELSE
      coalesce(e.path, '') || '+0x' || printf('%x', f.address) END AS name
    FROM frame_rows f LEFT JOIN executable_rows e ON e.id = f.executable`);
  await connection.run(
    'CREATE TEMP TYPE frame_name AS ENUM (SELECT DISTINCT name FROM frame_names ORDER BY name)',
  );
  await connection.run('CREATE TEMP TABLE named (stack UINTEGER, frames frame_name[])');
  for (let at = 0; at < stacks.length; at += STACKS_AT_ONCE) {
    const some = stacks.subarray(at, at + STACKS_AT_ONCE);
    await connection.run(`INSERT INTO named
      SELECT sf.stack, list(f.name::frame_name ORDER BY sf.position)
      FROM stack_frame_rows sf JOIN frame_names f ON f.id = sf.frame
      WHERE sf.stack BETWEEN ${some[0]} AND ${some.at(-1)}
        AND sf.stack IN (SELECT unnest([${some.join()}]::UINTEGER[])) GROUP BY sf.stack`);
  }
}

function copyTo(path: string, where: string): string {
  return `COPY (
    SELECT make_timestamp(c.time_us) AS time, t.type, t.unit, c.value, n.frames AS stack,
      p.pid, p.name AS process, p.executable, p.service, p.version, p.container, p.host,
      h.tid AS thread_id, h.name AS thread, c.cpu, l.trace_id, l.span_id
    FROM (SELECT * FROM sample_rows WHERE ${where}) c JOIN type_view t ON t.id = c.type
      LEFT JOIN named n ON n.stack = c.stack LEFT JOIN process_rows p ON p.id = c.process
      LEFT JOIN thread_rows h ON h.id = c.thread LEFT JOIN link_rows l ON l.id = c.link
  ) TO '${path.replaceAll("'", "''")}'
    (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${GROUP_ROWS})`;
}
