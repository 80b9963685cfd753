// SPDX-License-Identifier: Apache-2.0
// Record → span and measurement, each with the resource of its process.
import { type SpanRecord, SpanRecordFlag } from '@otelkit/bpf-client';
import type { SpanSink } from '../export/spanSink.ts';
import type { Durations } from '../metrics/durations.ts';
import { type DescribeSettings, describe } from '../semconv/describe.ts';
import type { TracedProcess } from './tracedProcess.ts';

export interface PipelineOptions {
  readonly processOf: (pid: number, config: number) => TracedProcess;
  readonly settings: DescribeSettings;
  /** Undefined: spans are not wanted. */
  readonly spans: SpanSink | undefined;
  /** Undefined: metrics are not wanted. */
  readonly durations: Durations | undefined;
}

/** What passed, for the summary and for doctor. */
export interface PipelineCounts {
  records: number;
  spans: number;
  unsampled: number;
  unknown: number;
}

export class SpanPipeline {
  readonly counts: PipelineCounts = { records: 0, spans: 0, unsampled: 0, unknown: 0 };
  readonly #options: PipelineOptions;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /** The record is not kept. */
  readonly take = (record: SpanRecord): void => {
    const { processOf, settings, spans, durations } = this.#options;
    this.counts.records++;
    const process = processOf(record.pid, record.config);
    const described = describe(record, process, settings);
    if (described === undefined) {
      this.counts.unknown++;
      return;
    }
    durations?.record(process.resource, record.kind, described, record.durationNs);
    if ((record.flags & SpanRecordFlag.sampled) === 0) {
      this.counts.unsampled++;
      return;
    }
    this.counts.spans++;
    spans?.add(process.resource, described, record);
  };
}
