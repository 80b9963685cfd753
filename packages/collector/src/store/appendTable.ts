// SPDX-License-Identifier: Apache-2.0
// Columns into a table, 2,048 rows at a time, without an object a row.
import type { DuckDBDataChunk, DuckDBType } from '@duckdb/node-api';
import { type Connection, type DuckDb, loadDuckDb } from './duckdb.ts';
import { type ColumnKind, columnList, type TableSpec } from './schema.ts';

/** Rows of DuckDB's vectors. */
const CHUNK_ROWS = 2_048;

/** Numbers up to 2^53 may stand for 64-bit ones. */
export type ColumnValues = ArrayLike<number> | BigUint64Array | readonly string[];

/** @param columns as many as the table has, each of `count` values at least */
export async function appendTable(
  duckdb: DuckDb,
  connection: Connection,
  table: TableSpec,
  columns: readonly ColumnValues[],
  count: number,
): Promise<void> {
  if (count === 0) return;
  const types = table.columns.map(([, kind]) => typeOf(duckdb, kind));
  const appender = await connection.createAppender(table.name);
  try {
    for (let from = 0; from < count; from += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, count - from);
      const chunk = duckdb.DuckDBDataChunk.create(types, rows);
      for (const [i, [, kind]] of table.columns.entries()) {
        setColumn(chunk, i, kind, columns[i]!, from, rows);
      }
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

/** Makes a table of the connection alone, in place of one of that name, and fills it. */
export async function temporaryTable(
  connection: Connection,
  table: TableSpec,
  columns: readonly ColumnValues[],
  count: number,
): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${table.name} (${columnList(table)})`);
  await appendTable(await loadDuckDb(), connection, table, columns, count);
}

function typeOf(duckdb: DuckDb, kind: ColumnKind): DuckDBType {
  const { UTINYINT, USMALLINT, UINTEGER, SMALLINT, BIGINT, UBIGINT, VARCHAR } = duckdb;
  const types = { u8: UTINYINT, u16: USMALLINT, u32: UINTEGER, i16: SMALLINT };
  const wide = { i64: BIGINT, u64: UBIGINT, text: VARCHAR };
  return { ...types, ...wide }[kind];
}

function setColumn(
  chunk: DuckDBDataChunk,
  index: number,
  kind: ColumnKind,
  values: ColumnValues,
  from: number,
  rows: number,
): void {
  if (kind === 'text') {
    chunk.setColumnValues(index, (values as readonly string[]).slice(from, from + rows));
    return;
  }
  const vector = chunk.getColumnVector(index) as unknown as {
    items: BigUint64Array | Uint32Array;
    flush(): void;
  };
  if (values instanceof BigUint64Array) {
    (vector.items as BigUint64Array).set(values.subarray(from, from + rows));
  } else if (kind === 'i64' || kind === 'u64') {
    setWide(vector.items, values as ArrayLike<number>, from, rows);
  } else {
    const items = vector.items as Uint32Array;
    const numbers = values as ArrayLike<number>;
    for (let i = 0; i < rows; i++) items[i] = numbers[from + i]!;
  }
  vector.flush();
}

/** Doubles as the two halves of 64-bit numbers: a bigint for each would cost ten times as much. */
function setWide(
  items: BigUint64Array | Uint32Array,
  values: ArrayLike<number>,
  from: number,
  rows: number,
): void {
  const halves = new Int32Array(items.buffer, items.byteOffset, 2 * rows);
  for (let i = 0; i < rows; i++) {
    const value = values[from + i]!;
    const high = Math.floor(value / 4_294_967_296);
    halves[2 * i] = value - high * 4_294_967_296;
    halves[2 * i + 1] = high;
  }
}
