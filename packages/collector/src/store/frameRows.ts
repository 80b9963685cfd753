// SPDX-License-Identifier: Apache-2.0
// Rows of frame_rows, by their places in that table (schema.ts), for who loads and who exports them.
import type { Connection } from './duckdb.ts';
import type { FrameFacts } from './frameKey.ts';

/** Calls for each row as it comes: there may be a million. The row's first column is its number. */
export async function eachRow(
  connection: Connection,
  sql: string,
  use: (row: readonly unknown[]) => void,
): Promise<void> {
  const result = await connection.run(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    for (const row of chunk.getRows()) use(row);
  }
}

/** @param row all columns of frame_rows; `renamed` may be absent */
export function frameFactsOf(row: readonly unknown[]): FrameFacts {
  return {
    kind: text(row[1]),
    functionName: text(row[2]),
    systemName: text(row[3]),
    file: text(row[4]),
    line: Number(row[5]),
    startLine: Number(row[6]),
    column: Number(row[7]),
    executable: Number(row[8]),
    address: row[9] as bigint,
    isInlined: row[10] === 1,
  };
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
