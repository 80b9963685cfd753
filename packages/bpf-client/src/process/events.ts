// SPDX-License-Identifier: Apache-2.0
import type { LogMessage, NewFile, Statistics } from '../protocol/messages.ts';
import type { ProcessEvent } from '../protocol/processEvents.ts';
import type { RawCopy } from '../protocol/rawCopies.ts';
import type { SampleBatch } from '../protocol/samples.ts';
import type { SpanRecord } from '../protocol/spanRecords.ts';
import type { RawTrace } from '../protocol/traces.ts';
import type { HelperError } from './helperError.ts';

/**
 * What comes without being asked for, in the order in which it was sent. Objects and views are
 * valid during the call only, but for samples, files and statistics.
 */
export interface HelperEvents {
  readonly processEvent?: (event: ProcessEvent) => void;
  readonly files?: (files: readonly NewFile[]) => void;
  readonly trace?: (trace: RawTrace) => void;
  readonly samples?: (batch: SampleBatch) => void;
  readonly rawCopy?: (copy: RawCopy) => void;
  readonly span?: (span: SpanRecord) => void;
  readonly statistics?: (statistics: Statistics) => void;
  readonly log?: (message: LogMessage) => void;
  readonly name?: (id: number, name: Buffer) => void;
  /** It ended although nobody asked it to. Called once; all requests have failed before. */
  readonly died?: (error: HelperError) => void;
}
