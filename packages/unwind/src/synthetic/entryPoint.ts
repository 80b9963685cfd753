// SPDX-License-Identifier: Apache-2.0
import type { ElfFile } from '@otelkit/core';
import type { TableTarget } from '../cfi/frameSection.ts';
import { UNWIND_LIMITS } from '../limits.ts';
import { END_HEAD, type RowColumns } from '../table/rowColumns.ts';

/**
 * The kernel and the loader jump to e_entry, nobody returns from it: the end of a complete stack,
 * also where its call frame information forgets to say so (crt1.o before glibc 2.26) or is missing.
 * Go's entry points are known by name; those of its shared libraries are called, and return.
 */
export function addEntryPoint(
  elf: ElfFile,
  known: readonly RowColumns[],
  goFunctions: RowColumns | undefined,
  target: TableTarget,
): void {
  const { baseVaddr, endVaddr, rows } = target;
  const entry = Number(elf.header.entry);
  if (!(entry > 0 && entry >= baseVaddr && entry < endVaddr)) return;
  const start = entry - baseVaddr;
  let end = Math.min(endVaddr - baseVaddr, start + UNWIND_LIMITS.entryPointBytes);
  for (const layer of known) {
    end = Math.min(end, layer.startAboveWatched);
    if (layer.endAroundWatched === 0) continue;
    if (layer === goFunctions) return;
    end = Math.min(end, layer.endAroundWatched);
  }
  rows.addRange(start, end, END_HEAD, 0);
}
