// SPDX-License-Identifier: Apache-2.0
// Symbol version needs and definitions (Linux Standard Base, "Symbol Versioning").
import { hex } from '../bytes/hex.ts';
import { LIMITS } from '../limits.ts';
import { DT, SHT } from './constants.ts';
import type { ElfFile } from './elfFile.ts';
import { RangeReader } from './rangeReader.ts';
import { StringTable } from './stringTable.ts';
import type { FileRange } from './types.ts';

/** One version that the file needs from a library. */
export interface VersionNeed {
  readonly library: string;
  readonly version: string;
  /** vna_other: the index that .gnu.version uses for it. */
  readonly index: number;
  readonly isWeak: boolean;
}

/** One version that the file defines. */
export interface VersionDefinition {
  readonly version: string;
  readonly index: number;
  /** VER_FLG_BASE: names the file itself. */
  readonly isBase: boolean;
}

const VERNEED_BYTES = 16;
const VERNAUX_BYTES = 16;
const VERDEF_BYTES = 20;
const VERDAUX_BYTES = 8;
const VER_FLG_BASE = 1;
const VER_FLG_WEAK = 2;

interface VersionTable {
  readonly range: FileRange;
  readonly count: number;
  readonly strings: StringTable;
}

/** Version needs in table order, by DT_VERNEED; by section where there is no dynamic array. */
export function readVersionNeeds(elf: ElfFile): VersionNeed[] {
  const needs: VersionNeed[] = [];
  const table = locate(elf, DT.VERNEED, DT.VERNEEDNUM, SHT.GNU_VERNEED);
  if (table === undefined) return needs;
  const reader = new RangeReader(elf.source, elf.endian, table.range);
  // Visited ones are counted, not those kept: all entries may share their auxiliaries.
  let visited = 0;
  let at = 0;
  for (let i = 0; i < table.count; i++) {
    if (!reader.has(at, VERNEED_BYTES)) return overrun(elf, 'DT_VERNEED', table, at, needs);
    const auxCount = reader.u16(at + 2);
    const library = table.strings.at(reader.u32(at + 4)) ?? '';
    let auxAt = at + reader.u32(at + 8);
    const next = reader.u32(at + 12);
    for (let j = 0; j < auxCount; j++) {
      if (!reader.has(auxAt, VERNAUX_BYTES)) return overrun(elf, 'vernaux', table, auxAt, needs);
      pushNeed(reader, auxAt, table.strings, library, needs);
      if (++visited >= LIMITS.versionEntries) return limit(elf, 'DT_VERNEED', needs);
      const auxNext = reader.u32(auxAt + 12);
      if (auxNext === 0) break;
      auxAt += auxNext;
    }
    if (next === 0) break;
    at += next;
  }
  return needs;
}

function pushNeed(
  reader: RangeReader,
  at: number,
  strings: StringTable,
  library: string,
  needs: VersionNeed[],
): void {
  const version = strings.at(reader.u32(at + 8));
  if (version === undefined) return;
  const isWeak = (reader.u16(at + 4) & VER_FLG_WEAK) !== 0;
  needs.push({ library, version, index: reader.u16(at + 6), isWeak });
}

/** Version definitions in table order. */
export function readVersionDefinitions(elf: ElfFile): VersionDefinition[] {
  const definitions: VersionDefinition[] = [];
  const table = locate(elf, DT.VERDEF, DT.VERDEFNUM, SHT.GNU_VERDEF);
  if (table === undefined) return definitions;
  const reader = new RangeReader(elf.source, elf.endian, table.range);
  let at = 0;
  for (let i = 0; i < table.count; i++) {
    if (!reader.has(at, VERDEF_BYTES)) return overrun(elf, 'DT_VERDEF', table, at, definitions);
    const isBase = (reader.u16(at + 2) & VER_FLG_BASE) !== 0;
    const index = reader.u16(at + 4);
    const auxAt = at + reader.u32(at + 12);
    const next = reader.u32(at + 16);
    const nameIndex = reader.has(auxAt, VERDAUX_BYTES) ? reader.u32(auxAt) : -1;
    const version = table.strings.at(nameIndex);
    if (version !== undefined) definitions.push({ version, index, isBase });
    if (definitions.length >= LIMITS.versionEntries) return limit(elf, 'DT_VERDEF', definitions);
    if (next === 0) break;
    at += next;
  }
  return definitions;
}

function locate(
  elf: ElfFile,
  tag: number,
  countTag: number,
  sectionType: number,
): VersionTable | undefined {
  const address = elf.dynamic?.value(tag);
  if (address !== undefined) {
    const range = elf.vaddrToFileRange(address);
    const strings = elf.dynamic?.strings;
    if (range === undefined) {
      elf.diagnostics.add('out-of-range', hex(tag), `address ${hex(address)} is in no PT_LOAD`);
      return undefined;
    }
    if (strings === undefined) return undefined;
    const declared = elf.dynamic?.value(countTag) ?? BigInt(LIMITS.versionEntries);
    const count = Number(declared < LIMITS.versionEntries ? declared : LIMITS.versionEntries);
    return { range, count, strings };
  }
  if (elf.dynamic !== undefined) return undefined;
  return locateBySection(elf, sectionType);
}

function locateBySection(elf: ElfFile, sectionType: number): VersionTable | undefined {
  const section = elf.sections.find((one) => one.type === sectionType);
  const linked = section === undefined ? undefined : elf.sections[section.link];
  if (section === undefined || linked === undefined || linked.type !== SHT.STRTAB) return undefined;
  return {
    range: section,
    count: Math.min(section.info, LIMITS.versionEntries),
    strings: new StringTable(elf.source, linked.fileOffset, linked.sizeBytes),
  };
}

function overrun<T>(elf: ElfFile, field: string, table: VersionTable, at: number, list: T[]): T[] {
  elf.diagnostics.add(
    'out-of-range',
    field,
    `an entry reaches past its segment; the ${list.length} before it were read`,
    table.range.fileOffset + at,
  );
  return list;
}

function limit<T>(elf: ElfFile, field: string, list: T[]): T[] {
  elf.diagnostics.add('limit', field, `more than ${LIMITS.versionEntries} entries; rest not read`);
  return list;
}
