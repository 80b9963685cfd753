// SPDX-License-Identifier: Apache-2.0
// .gnu_debuglink: a file name, padding to four bytes, and the CRC-32 of the file it names
// (GDB manual, "Debugging Information in Separate Files").
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { SectionHeader } from '../elf/types.ts';

/** Longest section read: NAME_MAX is 255, more can only be damage. */
const MOST_BYTES = 4096;

export interface DebugLink {
  /** Name of the separate debug file, without directory. */
  readonly name: string;
  /** CRC-32 of that file, unsigned; null when the section ends before it. */
  readonly crc: number | null;
}

/** The link in `section`; undefined (and a diagnostic) when it holds no terminated name. */
export function readDebugLink(elf: ElfFile, section: SectionHeader): DebugLink | undefined {
  const bytes = elf.source.read(section.fileOffset, Math.min(section.sizeBytes, MOST_BYTES));
  const end = bytes.indexOf(0);
  if (end <= 0) {
    elf.diagnostics.add(
      'bad-value',
      '.gnu_debuglink',
      'holds no file name that ends in a zero byte',
      section.fileOffset,
    );
    return undefined;
  }
  const crcAt = (end + 4) & ~3;
  const name = decodeBytes(bytes.subarray(0, end));
  if (crcAt + 4 > bytes.length) {
    elf.diagnostics.add(
      'truncated',
      '.gnu_debuglink',
      'ends before the checksum',
      section.fileOffset,
    );
    return { name, crc: null };
  }
  return { name, crc: elf.endian.u32(bytes, crcAt) };
}
