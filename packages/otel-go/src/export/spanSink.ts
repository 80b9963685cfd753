// SPDX-License-Identifier: Apache-2.0
import type { ResourceAttributes } from '@otelkit/otlp';
import type { GoSpan } from '../semconv/span.ts';

/** What becomes of spans that are whole. */
export interface SpanSink {
  readonly add: (resource: ResourceAttributes, span: GoSpan) => void;
  /** Everything added so far is on its way. */
  readonly flush: () => void;
  /** @returns how many could not be sent */
  readonly close: (deadlineMs: number) => Promise<number>;
}
