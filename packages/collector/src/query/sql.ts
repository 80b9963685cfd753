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
    const rows = reader.getRowsJson();
    return {
      columns: reader.columnNames().map((name, i) => ({ name, type: String(types[i]) })),
      rows: rows.slice(0, COLLECTOR_LIMITS.queryRows),
      isCut: rows.length > COLLECTOR_LIMITS.queryRows,
    };
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError('QUERY', (error as Error).message);
  }
}

/** @throws StoreError QUERY for all that is no single statement of reading */
export async function refuseWrites(connection: Connection, sql: string): Promise<void> {
  const { StatementType } = await loadDuckDb();
  const statements = await connection.extractStatements(sql);
  const hint = 'one SELECT; the views are samples, stacks, frames, processes, executables, spans';
  if (statements.count !== 1) {
    throw new StoreError('QUERY', `${statements.count} statements: one is expected`, hint);
  }
  const { statementType } = await statements.prepare(0);
  if (statementType !== StatementType.SELECT && statementType !== StatementType.EXPLAIN) {
    throw new StoreError('QUERY', 'only statements that read are allowed', hint);
  }
}
