// SPDX-License-Identifier: Apache-2.0
// /tmp/perf-PID.map, by which programs name code that they made at run time (kernel:
// tools/perf/Documentation/jit-interface.txt): `start size name`, numbers in hexadecimal. Memory is
// used again, so that of overlapping entries the later one holds.
import { decodeRange } from '@otelkit/core';
import { SYMBOL_LIMITS } from '../limits.ts';
import { latestRuns } from './latestRuns.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;
const GAP = 0xffffffff;
/** 48 bits: twelve digits, and what leading zeros some write. */
const MOST_DIGITS = 16;

/** Names of generated code, by the absolute address in its process. */
export interface PerfMap {
  readonly entryCount: number;
  /** Lines that were no entries; left out. */
  readonly malformedLines: number;
  /** There were more entries than SYMBOL_LIMITS.perfMapEntries. */
  readonly isTruncated: boolean;
  /** Memory it holds, about. */
  readonly sizeBytes: number;
  nameAt(address: number): string | undefined;
}

/**
 * Parses a map. `text` is kept by the result.
 * @param text may end within a line that is still being written, which is left out
 */
export function parsePerfMap(text: Buffer): PerfMap {
  const starts: number[] = [];
  const ends: number[] = [];
  const nameAt: number[] = [];
  let malformedLines = 0;
  let isTruncated = false;
  let at = 0;
  while (at < text.length) {
    const lineEnd = text.indexOf(NEWLINE, at);
    if (lineEnd < 0) break;
    if (starts.length >= SYMBOL_LIMITS.perfMapEntries) {
      isTruncated = true;
      break;
    }
    const startEnd = wordEnd(text, at, lineEnd);
    const sizeEnd = wordEnd(text, startEnd + 1, lineEnd);
    const start = hexNumber(text, at, startEnd);
    const size = hexNumber(text, startEnd + 1, sizeEnd);
    if (start >= 0 && size > 0 && sizeEnd + 1 < lineEnd && start + size <= 2 ** 53) {
      starts.push(start);
      ends.push(start + size);
      nameAt.push(sizeEnd + 1);
    } else if (lineEnd > at) malformedLines++;
    at = lineEnd + 1;
  }
  const runs = latestRuns(Float64Array.from(starts), Float64Array.from(ends));
  const names = Uint32Array.from(nameAt);
  return {
    entryCount: starts.length,
    malformedLines,
    isTruncated,
    sizeBytes: text.length + names.byteLength + runs.starts.byteLength + runs.entries.byteLength,
    nameAt: (address) => {
      const entry = runs.entryAt(address);
      return entry === GAP ? undefined : lineRest(text, names[entry]!);
    },
  };
}

function lineRest(text: Buffer, at: number): string {
  const end = text.indexOf(NEWLINE, at);
  return decodeRange(text, at, Math.min(end, at + SYMBOL_LIMITS.nameBytes));
}

function wordEnd(text: Buffer, from: number, lineEnd: number): number {
  let at = from;
  while (at < lineEnd && text[at] !== SPACE) at++;
  return at;
}

/** -1 for what is no hexadecimal number; a `0x` before it is passed over. */
function hexNumber(text: Buffer, start: number, end: number): number {
  const hasPrefix = text[start] === 0x30 && (text[start + 1]! | 0x20) === 0x78;
  const from = hasPrefix ? start + 2 : start;
  if (from >= end || end - from > MOST_DIGITS) return -1;
  let value = 0;
  for (let at = from; at < end; at++) {
    const c = text[at]!;
    const digit = c >= 0x30 && c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x57;
    if (digit < 0 || digit > 15 || (digit > 9 && c < 0x41)) return -1;
    value = value * 16 + digit;
  }
  return value;
}
