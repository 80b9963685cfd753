// SPDX-License-Identifier: Apache-2.0
// A line for each span, for a person who looks.
import type { SpanRecord } from '@otelkit/bpf-client';
import { printable } from '@otelkit/cli-kit';
import { wallClockOriginNs } from '@otelkit/core';
import type { ResourceAttributes } from '@otelkit/otlp';
import type { Described } from '../semconv/span.ts';
import type { SpanSink } from './spanSink.ts';

const KINDS: readonly string[] = [
  ...['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'],
];
const ERROR = 2;

export class ConsoleSpans implements SpanSink {
  readonly #write: (text: string) => void;
  readonly #originNs: bigint = wallClockOriginNs();

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add(resource: ResourceAttributes, span: Described, record: SpanRecord): void {
    this.#write(renderSpan(resource, span, record, this.#originNs));
  }

  flush(): void {}

  async close(): Promise<number> {
    return 0;
  }
}

/** `12:00:01.123 shop server GET /user/{id} 3.2 ms trace=… span=… parent=… key=value …`. */
export function renderSpan(
  resource: ResourceAttributes,
  span: Described,
  record: SpanRecord,
  originNs: bigint,
): string {
  const startMs = Number((record.startNs + originNs) / 1_000_000n);
  const time = new Date(startMs).toISOString().slice(11, 23);
  const ms = record.durationNs / 1e6;
  const parts = [
    time,
    String(resource['service.name'] ?? ''),
    KINDS[span.kind] ?? '',
    span.name,
    `${ms.toFixed(ms < 10 ? 2 : 1)} ms`,
    ...(span.statusCode === ERROR ? [`ERROR ${span.statusMessage}`.trim()] : []),
    `trace=${record.traceId.toString('hex')}`,
    `span=${record.spanId.toString('hex')}`,
    ...(record.isRoot ? [] : [`parent=${record.parentId.toString('hex')}`]),
    ...span.attributes.map(([key, value]) => `${key}=${textOf(value)}`),
  ];
  return `${parts.map(printable).join(' ')}\n`;
}

function textOf(value: unknown): string {
  const text = String(value);
  return /[\s"]/.test(text) ? JSON.stringify(text) : text;
}
