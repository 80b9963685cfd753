// SPDX-License-Identifier: Apache-2.0
import { PF } from '../../elf/constants.ts';
import type { ElfFile } from '../../elf/elfFile.ts';
import { LIMITS } from '../../limits.ts';

/**
 * Finds a marker among the constants of a program and gives the text behind it, at most
 * `lengthBytes` of it. Only read-only data is searched, and of that LIMITS.summaryScanBytes.
 */
export function findText(elf: ElfFile, marker: string, lengthBytes: number): string | undefined {
  const needle = Buffer.from(marker, 'latin1');
  let budget: number = LIMITS.summaryScanBytes;
  for (const range of readOnlyRanges(elf)) {
    const end = range.fileOffset + range.sizeBytes;
    let at = range.fileOffset;
    while (at < end && budget > 0) {
      const wanted = Math.min(LIMITS.bulkReadBytes, end - at, budget);
      const bytes = elf.source.read(at, wanted);
      if (bytes.length === 0) break;
      budget -= bytes.length;
      const found = bytes.indexOf(needle);
      if (found >= 0) {
        const text = elf.source.read(at + found + needle.length, lengthBytes).toString('latin1');
        const terminator = text.indexOf('\0');
        return terminator < 0 ? text : text.slice(0, terminator);
      }
      // The next piece begins early enough for a marker that lies across.
      at += bytes.length < wanted ? bytes.length : Math.max(1, bytes.length - needle.length + 1);
      if (at + needle.length > end) break;
    }
  }
  return undefined;
}

function readOnlyRanges(elf: ElfFile): { fileOffset: number; sizeBytes: number }[] {
  const rodata = elf.section('.rodata');
  if (rodata !== undefined) return [rodata];
  return elf.loads
    .filter((load) => (load.flags & PF.W) === 0)
    .map((load) => ({ fileOffset: load.fileOffset, sizeBytes: load.fileSizeBytes }));
}
