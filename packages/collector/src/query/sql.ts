// SPDX-License-Identifier: Apache-2.0
// Somebody's own SQL, which may only read.
import { COLLECTOR_LIMITS } from '../limits.ts';
import { type Connection, loadDuckDb, StoreError } from '../store/duckdb.ts';

export interface SqlAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Plain JSON; numbers beyond 2^53 as text. */
  readonly rows: readonly (readonly unknown[])[];
  /** More rows there were than an answer holds. */
  readonly isCut: boolean;
}

/** One statement that reads. @throws StoreError QUERY with the engine's words */
export async function runSql(connection: Connection, sql: string): Promise<SqlAnswer> {
  try {
    await refuseWrites(connection, sql);
    const reader = await connection.streamAndReadUntil(sql, COLLECTOR_LIMITS.queryRows + 1);
    const types = reader.columnTypes();
    const isWide = types.map((type) => WIDE.has(String(type)));
    const rows = reader
      .getRowsJson()
      .map((row) => row.map((cell, i) => (isWide[i] ? numberOf(cell) : cell)));
    return {
      columns: reader.columnNames().map((name, i) => ({ name, type: String(types[i]) })),
      rows: rows.slice(0, COLLECTOR_LIMITS.queryRows),
      isCut: rows.length > COLLECTOR_LIMITS.queryRows,
    };
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError('QUERY', onOneLine((error as Error).message));
  }
}

/** Whole numbers that the engine writes as text. */
const WIDE: ReadonlySet<string> = new Set(['BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT']);

/** As far as a double has it exactly. */
function numberOf<T>(cell: T): T | number {
  const number = typeof cell === 'string' ? Number(cell) : Number.NaN;
  return Number.isSafeInteger(number) ? number : cell;
}

/** The engine points at the place with a caret on a line of its own, which one line has no room for. */
function onOneLine(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && line !== '^').join('; ');
}

/** @throws StoreError QUERY for all that is no single statement of reading */
export async function refuseWrites(connection: Connection, sql: string): Promise<void> {
  const { StatementType } = await loadDuckDb();
  const statements = await connection.extractStatements(sql);
  const hint =
    'one SELECT; the views are samples, stacks, frames, processes, executables, labels, spans';
  if (statements.count !== 1) {
    throw new StoreError('QUERY', `${statements.count} statements: one is expected`, hint);
  }
  const { statementType } = await statements.prepare(0);
  if (statementType !== StatementType.SELECT && statementType !== StatementType.EXPLAIN) {
    throw new StoreError('QUERY', 'only statements that read are allowed', hint);
  }
}
