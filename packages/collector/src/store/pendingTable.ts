// SPDX-License-Identifier: Apache-2.0
import { appendTable, type ColumnValues } from './appendTable.ts';
import type { Connection, DuckDb } from './duckdb.ts';
import type { TableSpec } from './schema.ts';

export type Cell = number | bigint | string;

/** New rows of a table of things that are told once, until they are written. */
export class PendingTable {
  readonly spec: TableSpec;
  #columns: Cell[][];

  constructor(spec: TableSpec) {
    this.spec = spec;
    this.#columns = spec.columns.map(() => []);
  }

  get count(): number {
    return this.#columns[0]!.length;
  }

  push(cells: readonly Cell[]): void {
    for (let i = 0; i < this.#columns.length; i++) this.#columns[i]!.push(cells[i]!);
  }

  /** Takes the rows out; call the result to write them. */
  take(): (duckdb: DuckDb, connection: Connection) => Promise<void> {
    const { count, spec } = this;
    const taken = this.#columns;
    this.#columns = spec.columns.map(() => []);
    const isBig = (cells: Cell[]): boolean => typeof cells[0] === 'bigint';
    const values = (cells: Cell[]): ColumnValues =>
      isBig(cells) ? BigUint64Array.from(cells as bigint[]) : (cells as number[] | string[]);
    return (duckdb, connection) => appendTable(duckdb, connection, spec, taken.map(values), count);
  }
}
