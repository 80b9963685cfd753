// SPDX-License-Identifier: Apache-2.0
import type { OtlpStringTable } from '@otelkit/otlp';
import type { LabelSet, ProfileProcess } from '../model/profile.ts';
import type { FramePlace, MappingDescription, SampleRow } from '../model/profileBuilder.ts';

/**
 * What a request is read into: a profile, or a store, whose numbers then need no second look-up.
 * All numbers but those given here are the target's own.
 */
export interface ProfileTarget {
  string(text: string): number;
  /** The number of a string of a request, by its bytes. @param index within the table */
  stringAt(strings: OtlpStringTable, index: number): number;
  /** -1 where neither name nor file are known. */
  functionOf(name: number, systemName: number, fileName: number, startLine: number): number;
  frameOf(
    place: FramePlace,
    fn: number,
    line?: number,
    column?: number,
    isInlined?: boolean,
  ): number;
  mapping(from: MappingDescription): number;
  /** @param frames innermost first */
  stack(frames: Uint32Array): number;
  labels(labels: LabelSet): number;
  link(traceId: string, spanId: string): number;
  process(process: ProfileProcess): number;
  /** Nothing keeps the object. */
  sample(row: SampleRow): void;
}
