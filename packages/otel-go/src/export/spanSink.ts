// SPDX-License-Identifier: Apache-2.0
import type { SpanRecord } from '@otelkit/bpf-client';
import type { ResourceAttributes } from '@otelkit/otlp';
import type { Described } from '../semconv/span.ts';

/** What becomes of spans that are whole. */
export interface SpanSink {
  /** The record is valid during the call only. */
  readonly add: (resource: ResourceAttributes, span: Described, record: SpanRecord) => void;
  /** Everything added so far is on its way. */
  readonly flush: () => void;
  /** @returns how many could not be sent */
  readonly close: (deadlineMs: number) => Promise<number>;
}
