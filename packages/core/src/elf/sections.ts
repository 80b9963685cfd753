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
import { type SectionNames, sectionNamesAt } from './sectionNames.ts';
import { type SectionRun, SectionView } from './sectionView.ts';
import { StringTable } from './stringTable.ts';
import type { ElfHeader, SectionHeader } from './types.ts';

/** The section headers of a file, and what finds one among them fast. */
export interface SectionTable {
  /** All that could be read, index 0 included; empty when the file has none. */
  readonly list: readonly SectionHeader[];
  /** sh_type of each. */
  readonly types: Uint32Array;
  /** What names they can have, where that is known without asking each. */
  readonly names: SectionNames | undefined;
}

const NO_SECTIONS: SectionTable = { list: [], types: new Uint32Array(0), names: undefined };

/** Reads all section headers and their names. */
export function readSections(
  source: ByteSource,
  header: ElfHeader,
  endian: Endian,
  diagnostics: Diagnostics,
): SectionTable {
  if (header.shoff === 0 || header.shnum === 0) return NO_SECTIONS;
  const entryBytes = SECTION_HEADER_BYTES[header.class];
  if (header.shentsize !== entryBytes) {
    diagnostics.add(
      'bad-value',
      'e_shentsize',
      `expected ${entryBytes}, found ${header.shentsize}; no section header was read`,
      header.class === 64 ? 58 : 46,
    );
    return NO_SECTIONS;
  }
  const count = boundedCount(source, header, entryBytes, diagnostics);
  const runs = readRuns(source, header, endian, entryBytes, count);
  const known = runs.reduce((sum, run) => sum + runLength(run), 0);
  const table = header.shstrndx < known ? viewAt(runs, header.shstrndx) : undefined;
  const hasNames = table !== undefined && table.type !== SHT.NOBITS && header.shstrndx !== 0;
  const names = hasNames ? sectionNamesAt(source, table.fileOffset, table.sizeBytes) : undefined;
  const strings = hasNames
    ? (names ?? new StringTable(source, table.fileOffset, table.sizeBytes))
    : undefined;
  const types = new Uint32Array(known);
  const list: SectionView[] = [];
  let nameless = 0;
  for (const run of runs) nameless += addSections(run, strings, list, types);
  reportNames(header, strings !== undefined, known, nameless, diagnostics);
  return { list, types, names };
}

function boundedCount(
  source: ByteSource,
  header: ElfHeader,
  entryBytes: number,
  diagnostics: Diagnostics,
): number {
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
  return count;
}

function readRuns(
  source: ByteSource,
  header: ElfHeader,
  endian: Endian,
  entryBytes: number,
  count: number,
): SectionRun[] {
  const runs: SectionRun[] = [];
  const batch = Math.floor(LIMITS.bulkReadBytes / entryBytes);
  for (let first = 0; first < count; first += batch) {
    const wanted = Math.min(batch, count - first);
    const bytes = source.read(header.shoff + first * entryBytes, wanted * entryBytes);
    const whole = Math.floor(bytes.length / entryBytes);
    // What the source keeps is used again once the file is closed; a copy is not.
    const { buffer, byteOffset } = bytes;
    const view = new DataView(buffer.slice(byteOffset, byteOffset + whole * entryBytes));
    const isLittle = endian.name === 'LE';
    runs.push({ view, first, entryBytes, is64: header.class === 64, isLittle });
    if (whole < wanted) break;
  }
  return runs;
}

function runLength({ view, entryBytes }: SectionRun): number {
  return view.byteLength / entryBytes;
}

function viewAt(runs: readonly SectionRun[], index: number): SectionView {
  const run = runs.findLast(({ first }) => first <= index)!;
  const at = (index - run.first) * run.entryBytes;
  return new SectionView(run, index, run.view.getUint32(at + 4, run.isLittle), '');
}

/** @returns how many names could not be read */
function addSections(
  run: SectionRun,
  strings: SectionNames | StringTable | undefined,
  list: SectionView[],
  types: Uint32Array,
): number {
  const { view, first, entryBytes, isLittle } = run;
  let nameless = 0;
  for (let at = 0, index = first; at < view.byteLength; at += entryBytes, index++) {
    const type = view.getUint32(at + 4, isLittle);
    const name = strings?.at(view.getUint32(at, isLittle));
    if (name === undefined) nameless++;
    types[index] = type;
    list.push(new SectionView(run, index, type, name ?? ''));
  }
  return nameless;
}

function reportNames(
  header: ElfHeader,
  hasStrings: boolean,
  count: number,
  nameless: number,
  diagnostics: Diagnostics,
): void {
  if (!hasStrings && count > 1) {
    diagnostics.add(
      'out-of-range',
      'e_shstrndx',
      `section ${header.shstrndx} holds no names; sections stay nameless`,
      header.class === 64 ? 62 : 50,
    );
  }
  if (hasStrings && nameless > 0) {
    diagnostics.add(
      'out-of-range',
      'sh_name',
      `${nameless} of ${count} names lie outside the section name table`,
    );
  }
}
