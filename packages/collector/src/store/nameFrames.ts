// SPDX-License-Identifier: Apache-2.0
// Gives names to frames that came as addresses only: in memory, and in the store.
import { appendTable } from './appendTable.ts';
import { type Connection, loadDuckDb } from './duckdb.ts';
import type { TableSpec } from './schema.ts';
import type { Store } from './store.ts';

export interface NamedCount {
  /** Frames that have got a name, and those of them that have a line. */
  readonly named: number;
  readonly withLines: number;
}

export interface ResolvedFrame {
  readonly functionName: string;
  readonly systemName?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

const NAMES: TableSpec = {
  name: 'new_names',
  columns: [
    ['id', 'u32'],
    ['function', 'text'],
    ['system_name', 'text'],
    ['file', 'text'],
    ['line', 'u32'],
    ['col', 'u32'],
  ],
};

interface NewName {
  readonly id: number;
  readonly kind: string;
  readonly address: bigint;
  readonly frame: ResolvedFrame;
}

/**
 * @param resolve frames at an address of the file, innermost first: the last one is the function
 *   that the others were inlined into, and what the address is named by
 */
export async function nameFrames(
  store: Store,
  executable: number,
  resolve: (address: number) => readonly ResolvedFrame[],
): Promise<NamedCount> {
  await store.flush();
  const found: NewName[] = [];
  await store.maintain(async (connection) => {
    const sql = `SELECT id, kind, address FROM frame_rows
      WHERE executable = ${executable} AND function = ''`;
    for (const [id, kind, address] of (await connection.runAndReadAll(sql)).getRows()) {
      const frame = resolve(Number(address)).at(-1);
      if (frame === undefined) continue;
      found.push({ id: Number(id), kind: String(kind), address: address as bigint, frame });
    }
    if (found.length > 0) await write(connection, found);
    for (const { id, kind, address, frame } of found) {
      store.tables.frames.rename(id, {
        kind,
        functionName: frame.functionName,
        systemName: frame.systemName ?? '',
        file: frame.file ?? '',
        line: frame.line ?? 0,
        startLine: 0,
        column: frame.column ?? 0,
        executable,
        address,
        isInlined: false,
      });
    }
  });
  const withLines = found.filter(({ frame }) => (frame.line ?? 0) > 0).length;
  return { named: found.length, withLines };
}

async function write(connection: Connection, found: readonly NewName[]): Promise<void> {
  const duckdb = await loadDuckDb();
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${NAMES.name} (id UINTEGER, function VARCHAR,
      system_name VARCHAR, file VARCHAR, line UINTEGER, col UINTEGER)`,
  );
  await appendTable(
    duckdb,
    connection,
    NAMES,
    [
      found.map(({ id }) => id),
      found.map(({ frame }) => frame.functionName),
      found.map(({ frame }) => frame.systemName ?? ''),
      found.map(({ frame }) => frame.file ?? ''),
      found.map(({ frame }) => frame.line ?? 0),
      found.map(({ frame }) => frame.column ?? 0),
    ],
    found.length,
  );
  await connection.run(
    `UPDATE frame_rows SET function = n.function, system_name = n.system_name, file = n.file,
      line = n.line, col = n.col, renamed = 1 FROM ${NAMES.name} n WHERE n.id = frame_rows.id`,
  );
  await connection.run(`DROP TABLE ${NAMES.name}`);
}
