// SPDX-License-Identifier: Apache-2.0
// Spans to a collector in batches: by time, or when there are many (the SDK's batch span processor).
import { wallClockOriginNs } from '@otelkit/core';
import type { OtlpExporter, ResourceAttributes } from '@otelkit/otlp';
import { GO_TRACE_LIMITS } from '../limits.ts';
import type { GoSpan } from '../semconv/span.ts';
import type { SpanSink } from './spanSink.ts';
import { encodeTraces } from './traceRequest.ts';

export interface BatchSettings {
  readonly delayMs: number;
  readonly batchSpans: number;
  /** Spans that may wait; more are dropped and counted. */
  readonly queueSpans: number;
}

/** How long one measurement of the wall clock is good for. */
const CLOCK_MS = 10_000;

export class OtlpSpans implements SpanSink {
  readonly #exporter: OtlpExporter;
  readonly #settings: BatchSettings;
  readonly #groups = new Map<ResourceAttributes, GoSpan[]>();
  #count = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #originNs = 0n;
  #originMs = Number.NEGATIVE_INFINITY;

  constructor(exporter: OtlpExporter, settings: BatchSettings) {
    this.#exporter = exporter;
    this.#settings = settings;
  }

  /** Left out because too many waited. */
  get dropped(): number {
    return this.#dropped;
  }

  add(resource: ResourceAttributes, span: GoSpan): void {
    const { batchSpans, delayMs, queueSpans } = this.#settings;
    if (this.#count === 0 && this.#exporter.statistics().queuedItems >= queueSpans) {
      this.#dropped++;
      return;
    }
    const group = this.#groups.get(resource);
    if (group === undefined) this.#groups.set(resource, [span]);
    else group.push(span);
    this.#count++;
    if (this.#count >= batchSpans) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), delayMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#count === 0) return;
    const groups = [...this.#groups].map(([resource, spans]) => ({ resource, spans }));
    this.#groups.clear();
    this.#count = 0;
    for (const { bytes, spanCount } of encodeTraces(
      groups,
      this.#origin(),
      GO_TRACE_LIMITS.requestBytes,
    )) {
      this.#exporter.send('traces', bytes, spanCount);
    }
  }

  async close(deadlineMs: number): Promise<number> {
    this.flush();
    const { lostItems } = await this.#exporter.close(deadlineMs);
    return lostItems + this.#dropped;
  }

  #origin(): bigint {
    const nowMs = performance.now();
    if (nowMs - this.#originMs > CLOCK_MS) {
      this.#originNs = wallClockOriginNs();
      this.#originMs = nowMs;
    }
    return this.#originNs;
  }
}
