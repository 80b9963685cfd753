// SPDX-License-Identifier: Apache-2.0
import type { SpanRecord } from '@otelkit/bpf-client';
import type { ResourceAttributes } from '@otelkit/otlp';
import type { Described } from '../semconv/span.ts';
import type { SpanCopy } from '../shapes/spanCopies.ts';
import type { SpanShape } from '../shapes/spanShapes.ts';

/** What becomes of spans that are whole. */
export interface SpanSink {
  /** The record is valid during the call only. */
  readonly add: (resource: ResourceAttributes, span: Described, record: SpanRecord) => void;
  /**
   * As {@link add} for one whose words are known; absent where they are not written as bytes.
   * @returns false where it has to be described after all
   */
  readonly addShaped?: (
    resource: ResourceAttributes,
    shape: SpanShape,
    record: SpanRecord,
    /** Is given the fields that are not the record's own; a view that is valid during the call only. */
    keep?: (fields: Buffer) => void,
  ) => boolean;
  /** As {@link add} for one that was written before, but for its IDs and times. */
  readonly addCopy?: (resource: ResourceAttributes, copy: SpanCopy, record: SpanRecord) => void;
  /** Everything added so far is on its way. */
  readonly flush: () => void;
  /** @returns how many could not be sent */
  readonly close: (deadlineMs: number) => Promise<number>;
}
