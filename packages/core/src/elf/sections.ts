// SPDX-License-Identifier: Apache-2.0
// Section headers (gABI chapter 4). A help only: what the loader uses comes from the program
// headers, and a file without any section is complete.
import type { ByteSource } from '../bytes/byteSource.ts';
import type { Endian } from '../bytes/endian.ts';
import { hex } from '../bytes/hex.ts';
import type { Diagnostics } from '../diagnostics/diagnostic.ts';
import { LIMITS } from '../limits.ts';
import { SHT } from './constants.ts';
import { SECTION_HEADER_BYTES } from './readHeader.ts';
import { SectionView } from './sectionView.ts';
import { StringTable } from './stringTable.ts';
import type { ElfHeader, SectionHeader } from './types.ts';

/** All section headers that could be read, index 0 included; empty when the file has none. */
export function readSections(
  source: ByteSource,
  header: ElfHeader,
  endian: Endian,
  diagnostics: Diagnostics,
): readonly SectionHeader[] {
  if (header.shoff === 0 || header.shnum === 0) return [];
  const entryBytes = SECTION_HEADER_BYTES[header.class];
  if (header.shentsize !== entryBytes) {
    diagnostics.add(
      'bad-value',
      'e_shentsize',
      `expected ${entryBytes}, found ${header.shentsize}; no section header was read`,
      header.class === 64 ? 58 : 46,
    );
    return [];
  }
  const sections = readEntries(source, header, endian, entryBytes, diagnostics);
  nameSections(source, header, sections, diagnostics);
  return sections;
}

function readEntries(
  source: ByteSource,
  header: ElfHeader,
  endian: Endian,
  entryBytes: number,
  diagnostics: Diagnostics,
): SectionView[] {
  const room = Math.max(0, Math.floor((source.sizeBytes - header.shoff) / entryBytes));
  const count = Math.min(header.shnum, room, LIMITS.sections);
  if (count < header.shnum) {
    diagnostics.add(
      room < header.shnum ? 'out-of-range' : 'limit',
      'section headers',
      `${header.shnum} entries at ${hex(header.shoff)}; ${count} could be read`,
      header.shoff,
    );
  }
  const sections: SectionView[] = [];
  const batch = Math.floor(LIMITS.bulkReadBytes / entryBytes);
  for (let first = 0; first < count; first += batch) {
    const wanted = Math.min(batch, count - first);
    const bytes = source.read(header.shoff + first * entryBytes, wanted * entryBytes);
    const whole = Math.floor(bytes.length / entryBytes);
    // What the source keeps is used again once the file is closed; a copy is not.
    const kept = bytes.length <= LIMITS.wholeFileBytes ? Buffer.from(bytes) : bytes;
    const run = { bytes: kept, first, entryBytes, is64: header.class === 64, endian };
    for (let i = 0; i < whole; i++) sections.push(new SectionView(run, first + i));
    if (whole < wanted) break;
  }
  return sections;
}

/** Looks sh_name up in the section name table. */
function nameSections(
  source: ByteSource,
  header: ElfHeader,
  sections: SectionView[],
  diagnostics: Diagnostics,
): void {
  const table = sections[header.shstrndx];
  const names =
    table !== undefined && table.type !== SHT.NOBITS && header.shstrndx !== 0
      ? new StringTable(source, table.fileOffset, table.sizeBytes)
      : undefined;
  if (names === undefined && sections.length > 1) {
    diagnostics.add(
      'out-of-range',
      'e_shstrndx',
      `section ${header.shstrndx} holds no names; sections stay nameless`,
      header.class === 64 ? 62 : 50,
    );
  }
  let nameless = 0;
  for (const section of sections) {
    const name = names?.at(section.nameIndex);
    if (name === undefined && names !== undefined) nameless++;
    section.name = name ?? '';
  }
  if (nameless > 0) {
    diagnostics.add(
      'out-of-range',
      'sh_name',
      `${nameless} of ${sections.length} names lie outside the section name table`,
    );
  }
}
