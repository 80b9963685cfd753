// SPDX-License-Identifier: Apache-2.0
import { COLLECTOR_LIMITS } from '../limits.ts';
import type { Connection, DuckDb } from './duckdb.ts';
import { PendingTable } from './pendingTable.ts';
import { TABLES } from './schema.ts';

/** A span as it is kept. */
export interface SpanRow {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly service: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly status: number;
  readonly statusMessage: string;
  /** JSON: [key, value] pairs. */
  readonly attributes: string;
  readonly resource: string;
  /** JSON: { timeMs, name, attributes }. */
  readonly events: string;
}

/** Spans until the next write. */
export class SpanBuffer {
  readonly #rows = new PendingTable(TABLES.spans);

  get count(): number {
    return this.#rows.count;
  }

  /** @returns how many there was room for */
  add(spans: Iterable<SpanRow>): number {
    let count = 0;
    for (const span of spans) {
      if (this.count >= COLLECTOR_LIMITS.pendingSamples / 16) break;
      count++;
      this.#rows.push([
        span.traceId,
        span.spanId,
        span.parentSpanId,
        span.name,
        span.kind,
        span.service,
        span.startUs,
        span.durationUs,
        span.status,
        span.statusMessage,
        span.attributes,
        span.resource,
        span.events,
      ]);
    }
    return count;
  }

  async write(duckdb: DuckDb, connection: Connection): Promise<void> {
    await this.#rows.take()(duckdb, connection);
  }
}
