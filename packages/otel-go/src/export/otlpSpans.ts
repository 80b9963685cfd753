// SPDX-License-Identifier: Apache-2.0
// Spans to a collector in batches: by time, or when there are many (the SDK's batch span processor).
import type { SpanRecord } from '@otelkit/bpf-client';
import { wallClockOriginNs } from '@otelkit/core';
import type { OtlpExporter, ResourceAttributes } from '@otelkit/otlp';
import { GO_TRACE_LIMITS } from '../limits.ts';
import type { Described } from '../semconv/span.ts';
import type { SpanCopy } from '../shapes/spanCopies.ts';
import type { SpanSink } from './spanSink.ts';
import { type ClockOrigin, clockOrigin, TraceRequest } from './traceRequest.ts';

export interface BatchSettings {
  readonly delayMs: number;
  readonly batchSpans: number;
  /** Spans that may wait; more are dropped and counted. */
  readonly queueSpans: number;
}

/** How long one measurement of the wall clock is good for. */
const CLOCK_MS = 10_000;
/** Spans of one trace come within so many. */
const SOON_MS = 100;

export class OtlpSpans implements SpanSink {
  readonly #exporter: OtlpExporter;
  readonly #settings: BatchSettings;
  readonly #request = new TraceRequest();
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #origin: ClockOrigin = clockOrigin(wallClockOriginNs());
  #originMs = performance.now();
  #flushedMs = Number.NEGATIVE_INFINITY;
  #isFull = false;

  constructor(exporter: OtlpExporter, settings: BatchSettings) {
    this.#exporter = exporter;
    this.#settings = settings;
  }

  /** Left out because too many waited. */
  get dropped(): number {
    return this.#dropped;
  }

  add(resource: ResourceAttributes, span: Described, record: SpanRecord): void {
    if (!this.#hasRoom()) return;
    this.#request.add(resource, span, record, this.#origin);
    this.#flushWhole();
  }

  addShaped(
    ...[resource, shape, record, keep]: Parameters<NonNullable<SpanSink['addShaped']>>
  ): boolean {
    if (!this.#hasRoom()) return true;
    const isAdded = this.#request.addShaped(resource, shape, record, this.#origin, keep);
    this.#flushWhole();
    return isAdded;
  }

  addCopy(resource: ResourceAttributes, copy: SpanCopy, record: SpanRecord): void {
    if (!this.#hasRoom()) return;
    this.#request.addCopy(resource, copy, record, this.#origin);
    this.#flushWhole();
  }

  /** Counts the span that is left out where there is none. */
  #hasRoom(): boolean {
    if (this.#request.spanCount === 0) this.#begin();
    if (this.#isFull) this.#dropped++;
    return !this.#isFull;
  }

  #flushWhole(): void {
    const { spanCount, sizeBytes } = this.#request;
    const isWhole = sizeBytes >= GO_TRACE_LIMITS.requestBytes;
    if (isWhole || spanCount >= this.#settings.batchSpans) this.flush();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const request = this.#request.take();
    if (request === undefined) return;
    this.#flushedMs = performance.now();
    this.#exporter.send('traces', request.bytes, request.spanCount);
  }

  /** The delay is the time between two requests: what comes after a pause need not wait for it. */
  #waitMs(nowMs: number): number {
    const { delayMs } = this.#settings;
    return Math.min(delayMs, Math.max(SOON_MS, this.#flushedMs + delayMs - nowMs));
  }

  async close(deadlineMs: number): Promise<number> {
    this.flush();
    const { lostItems } = await this.#exporter.close(deadlineMs);
    return lostItems + this.#dropped;
  }

  /** Once for each request: what is true for all of its spans. */
  #begin(): void {
    this.#isFull = this.#exporter.statistics().queuedItems >= this.#settings.queueSpans;
    if (this.#isFull) return;
    const nowMs = performance.now();
    this.#timer ??= setTimeout(() => this.flush(), this.#waitMs(nowMs));
    if (nowMs - this.#originMs < CLOCK_MS) return;
    this.#origin = clockOrigin(wallClockOriginNs());
    this.#originMs = nowMs;
  }
}
