// SPDX-License-Identifier: Apache-2.0
import { doubles, type GrowingColumn, ints, uints } from '@otelkit/profiles';
import { appendTable } from './appendTable.ts';
import type { Connection, DuckDb } from './duckdb.ts';
import { TABLES } from './schema.ts';

/** Samples until the next write, as columns. */
export class SampleBuffer {
  readonly timeUs: GrowingColumn<Float64Array> = doubles();
  readonly type: GrowingColumn<Uint32Array> = uints();
  readonly stack: GrowingColumn<Uint32Array> = uints();
  readonly process: GrowingColumn<Uint32Array> = uints();
  readonly thread: GrowingColumn<Uint32Array> = uints();
  readonly cpu: GrowingColumn<Int32Array> = ints();
  readonly labels: GrowingColumn<Uint32Array> = uints();
  readonly link: GrowingColumn<Uint32Array> = uints();
  /** In the weight's unit. */
  readonly value: GrowingColumn<Float64Array> = doubles();

  get count(): number {
    return this.stack.length;
  }

  /** In order of time: neighbours compress well, and a range is in one place. */
  async write(duckdb: DuckDb, connection: Connection): Promise<void> {
    const { count } = this;
    const times = this.timeUs.view();
    const order = new Uint32Array(count).map((_, i) => i);
    order.sort((a, b) => times[a]! - times[b]!);
    const columns = [
      this.timeUs,
      this.type,
      this.stack,
      this.process,
      this.thread,
      this.cpu,
      this.labels,
      this.link,
      this.value,
    ].map((column) => {
      const values = column.view();
      const sorted = values.slice();
      for (let i = 0; i < count; i++) sorted[i] = values[order[i]!]!;
      return sorted;
    });
    await appendTable(duckdb, connection, TABLES.samples, columns, count);
  }
}
