// SPDX-License-Identifier: Apache-2.0
import { PT } from './constants.ts';
import type { FileRange, ProgramHeader } from './types.ts';

/**
 * Where a virtual address of the image stands in the file: through the first PT_LOAD whose *file*
 * part holds it, as the loader maps it. Undefined for .bss and for addresses outside every segment.
 */
export function vaddrToFileRange(
  loads: readonly ProgramHeader[],
  vaddr: bigint,
): FileRange | undefined {
  for (const load of loads) {
    if (vaddr < load.vaddr) continue;
    const distance = vaddr - load.vaddr;
    if (distance >= BigInt(Math.min(load.fileSizeBytes, Number.MAX_SAFE_INTEGER))) continue;
    const skip = Number(distance);
    return { fileOffset: load.fileOffset + skip, sizeBytes: load.fileSizeBytes - skip };
  }
  return undefined;
}

/** The virtual address of a file offset: the inverse of {@link vaddrToFileRange}. */
export function fileOffsetToVaddr(
  loads: readonly ProgramHeader[],
  fileOffset: number,
): bigint | undefined {
  for (const load of loads) {
    const distance = fileOffset - load.fileOffset;
    if (distance >= 0 && distance < load.fileSizeBytes) return load.vaddr + BigInt(distance);
  }
  return undefined;
}

/** The PT_LOAD entries, in table order. */
export function loadSegments(programHeaders: readonly ProgramHeader[]): ProgramHeader[] {
  return programHeaders.filter((segment) => segment.type === PT.LOAD);
}
