// SPDX-License-Identifier: Apache-2.0
// All that is told of a frame as eleven words: what frames are known again by, exactly.
import type { Strings } from './strings.ts';

/** A frame as it comes. */
export interface FrameFacts {
  readonly kind: string;
  readonly functionName: string;
  readonly systemName: string;
  readonly file: string;
  readonly line: number;
  readonly startLine: number;
  readonly column: number;
  /** Number of the executable, 0 for none. */
  readonly executable: number;
  readonly address: bigint;
  readonly isInlined: boolean;
}

/**
 * Numbers of kind, function name, system name and file; executable; address, low word first; line,
 * start line, column; 1 where it is inlined.
 */
export type FrameKey = Uint32Array;
export const FRAME_KEY_WORDS = 11;

export function keyOfFrame(frame: FrameFacts, strings: Strings): FrameKey {
  const { kind, functionName, systemName, file, address } = frame;
  return Uint32Array.of(
    ...[kind, functionName, systemName, file].map((text) => strings.of(text)),
    frame.executable,
    Number(address & 0xffff_ffffn),
    Number(address >> 32n),
    frame.line,
    frame.startLine,
    frame.column,
    frame.isInlined ? 1 : 0,
  );
}

export function frameOfKey(key: FrameKey, { list }: Strings): FrameFacts {
  return {
    kind: list[key[0]!]!,
    functionName: list[key[1]!]!,
    systemName: list[key[2]!]!,
    file: list[key[3]!]!,
    executable: key[4]!,
    address: (BigInt(key[6]!) << 32n) | BigInt(key[5]!),
    line: key[7]!,
    startLine: key[8]!,
    column: key[9]!,
    isInlined: key[10] === 1,
  };
}
