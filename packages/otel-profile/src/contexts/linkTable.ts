// SPDX-License-Identifier: Apache-2.0
// Numbers for the spans that samples were taken in.
import { LINK_BYTES } from '@otelkit/bpf-client';
import type { TraceLink } from '@otelkit/otlp';
import { PROFILE_LIMITS } from '../limits.ts';

const TRACE_ID_BYTES = 16;

export class LinkTable {
  readonly #ids = new Map<string, number>();
  readonly #links: TraceLink[] = [];
  #first = 1;

  get size(): number {
    return this.#links.length;
  }

  /** @param bytes trace ID and span ID at `at`; not kept. @returns 0 where there are too many */
  idOf(bytes: Buffer, at: number): number {
    if (at + LINK_BYTES > bytes.length) return 0;
    const key = bytes.toString('latin1', at, at + LINK_BYTES);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#links.length >= PROFILE_LIMITS.links) return 0;
    const own = Uint8Array.prototype.slice.call(bytes, at, at + LINK_BYTES);
    const id = this.#first + this.#links.length;
    this.#links.push({
      traceId: own.subarray(0, TRACE_ID_BYTES),
      spanId: own.subarray(TRACE_ID_BYTES),
    });
    this.#ids.set(key, id);
    return id;
  }

  link(id: number): TraceLink | undefined {
    return this.#links[id - this.#first];
  }

  /** When nobody holds a number: spans end, and new ones come all the time. */
  clear(): void {
    this.#first += this.#links.length;
    this.#ids.clear();
    this.#links.length = 0;
  }
}
