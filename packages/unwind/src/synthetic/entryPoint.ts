// SPDX-License-Identifier: Apache-2.0
import type { ElfFile } from '@otelkit/core';
import { UNWIND_LIMITS } from '../limits.ts';
import { END_HEAD, type RowColumns } from '../table/rowColumns.ts';

/**
 * The kernel and the loader jump to e_entry, nobody returns from it: hand-written `_start` without
 * call frame information is the end of a complete stack, up to the next function that is known.
 */
export function addEntryPoint(
  elf: ElfFile,
  known: readonly RowColumns[],
  baseVaddr: number,
  endVaddr: number,
  rows: RowColumns,
): void {
  const entry = Number(elf.header.entry);
  if (!(entry > 0 && entry >= baseVaddr && entry < endVaddr)) return;
  const start = entry - baseVaddr;
  let end = Math.min(endVaddr - baseVaddr, start + UNWIND_LIMITS.entryPointBytes);
  for (const { start: starts, end: ends, rangeCount } of known) {
    for (let i = 0; i < rangeCount; i++) {
      if (starts[i]! > start) end = Math.min(end, starts[i]!);
      else if (ends[i]! > start) return;
    }
  }
  rows.addRange(start, end, END_HEAD, 0);
}
