// SPDX-License-Identifier: Apache-2.0
// Answers as typed arrays, straight out of DuckDB's vectors.
import type { Connection } from './duckdb.ts';

type NumberArray =
  | Uint8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;
type ArrayClass<T extends NumberArray> = new (length: number) => T;
type Columns<C extends readonly ArrayClass<NumberArray>[]> = {
  -readonly [I in keyof C]: C[I] extends ArrayClass<infer T> ? T : never;
};

/** @param classes of the columns; each must be of exactly that type and never null */
export async function readColumns<const C extends readonly ArrayClass<NumberArray>[]>(
  connection: Connection,
  sql: string,
  classes: C,
): Promise<Columns<C>> {
  const result = await connection.run(sql);
  const chunks = await result.fetchAllChunks();
  const count = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const columns = classes.map((Class) => new Class(count));
  let at = 0;
  for (const chunk of chunks) {
    for (const [i, column] of columns.entries()) {
      const { items } = chunk.getColumnVector(i) as unknown as { items: NumberArray };
      if (items.constructor !== column.constructor) {
        throw new TypeError(`column ${i} is ${items.constructor.name}: ${sql}`);
      }
      column.set(items.subarray(0, chunk.rowCount) as never, at);
    }
    at += chunk.rowCount;
  }
  return columns as Columns<C>;
}
