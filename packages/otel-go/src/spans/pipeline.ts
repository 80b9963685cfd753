// SPDX-License-Identifier: Apache-2.0
// Record → span and measurement, each with the resource of its process.
import { type SpanRecord, SpanRecordFlag } from '@otelkit/bpf-client';
import type { SpanSink } from '../export/spanSink.ts';
import { countedBy, type Durations, observe, type Series } from '../metrics/durations.ts';
import { type DescribeSettings, describe } from '../semconv/describe.ts';
import { SpanCopies, type SpanCopy } from '../shapes/spanCopies.ts';
import { type ShapeMaker, type SpanShape, SpanShapes } from '../shapes/spanShapes.ts';
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

/** No text of a record has more bytes, except those of spans made by hand, which have no shape. */
const LONGEST_TEXT = 2_048;
const NO_FIELDS = Buffer.alloc(0);

export class SpanPipeline {
  readonly counts: PipelineCounts = { records: 0, spans: 0, unsampled: 0, unknown: 0 };
  readonly #options: PipelineOptions;
  readonly #shapes: SpanShapes | undefined;
  readonly #copies: SpanCopies | undefined;
  /** The process of the record that is taken now. */
  #process: TracedProcess | undefined;
  readonly #maker: ShapeMaker;

  constructor(options: PipelineOptions) {
    this.#options = options;
    const { settings, spans, durations } = options;
    const writesBytes = spans === undefined || spans.addShaped !== undefined;
    const isCut = settings.attributeChars < LONGEST_TEXT;
    this.#shapes = writesBytes && !isCut ? new SpanShapes() : undefined;
    this.#copies = this.#shapes === undefined ? undefined : new SpanCopies();
    this.#maker = {
      describe: (record) => describe(record, this.#process!, settings),
      seriesOf: ({ kind }, span) => durations?.seriesOf(this.#process!.resource, kind, span),
      countedBy,
    };
  }

  /** The record is not kept. */
  readonly take = (record: SpanRecord): void => {
    const { processOf, settings, spans, durations } = this.#options;
    this.counts.records++;
    const process = processOf(record.pid, record.config);
    this.#process = process;
    const copy = this.#copies?.find(record, process);
    if (copy !== undefined) {
      this.#takeCopy(copy, process, record);
      return;
    }
    const shape = this.#shapes?.find(record, process, this.#maker);
    if (shape !== undefined && this.#takeShaped(shape, process, record)) return;
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

  /** @returns false where it has to be described */
  #takeShaped(shape: SpanShape, process: TracedProcess, record: SpanRecord): boolean {
    const { spans } = this.#options;
    const { library, series } = shape;
    const isSampled = (record.flags & SpanRecordFlag.sampled) !== 0;
    const keep = this.#copies?.isWanted()
      ? (fields: Buffer) =>
          this.#copies?.keep(process, { library, series, bytes: Buffer.from(fields) })
      : undefined;
    if (!isSampled) keep?.(NO_FIELDS);
    else if (spans?.addShaped?.(process.resource, shape, record, keep) === false) return false;
    this.#count(series, isSampled, record);
    return true;
  }

  #takeCopy(copy: SpanCopy, { resource }: TracedProcess, record: SpanRecord): void {
    const isSampled = (record.flags & SpanRecordFlag.sampled) !== 0;
    if (isSampled) this.#options.spans?.addCopy?.(resource, copy, record);
    this.#count(copy.series, isSampled, record);
  }

  #count(series: Series | undefined, isSampled: boolean, record: SpanRecord): void {
    if (series !== undefined) observe(series, record.durationNs);
    this.counts[isSampled ? 'spans' : 'unsampled']++;
  }
}
