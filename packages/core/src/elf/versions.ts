// SPDX-License-Identifier: Apache-2.0
// Symbol version needs and definitions (Linux Standard Base, "Symbol Versioning").
import { hex } from '../bytes/hex.ts';
import { LIMITS } from '../limits.ts';
import { DT, SHT } from './constants.ts';
import type { ElfFile } from './elfFile.ts';
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
  const { range, strings } = table;
  let at = 0;
  for (let i = 0; i < table.count; i++) {
    const entry = piece(elf, range, at, VERNEED_BYTES);
    if (entry === undefined) return overrun(elf, 'DT_VERNEED', range, at, needs);
    const auxCount = elf.endian.u16(entry, 2);
    const library = strings.at(elf.endian.u32(entry, 4)) ?? '';
    const next = elf.endian.u32(entry, 12);
    let auxAt = at + elf.endian.u32(entry, 8);
    for (let j = 0; j < auxCount; j++) {
      const aux = piece(elf, range, auxAt, VERNAUX_BYTES);
      if (aux === undefined) return overrun(elf, 'vernaux', range, auxAt, needs);
      pushNeed(elf, strings, library, aux, needs);
      if (needs.length >= LIMITS.versionEntries) return limit(elf, 'DT_VERNEED', needs);
      const auxNext = elf.endian.u32(aux, 12);
      if (auxNext === 0) break;
      auxAt += auxNext;
    }
    if (next === 0) break;
    at += next;
  }
  return needs;
}

function pushNeed(
  elf: ElfFile,
  strings: StringTable,
  library: string,
  aux: Buffer,
  needs: VersionNeed[],
): void {
  const version = strings.at(elf.endian.u32(aux, 8));
  if (version === undefined) return;
  const isWeak = (elf.endian.u16(aux, 4) & VER_FLG_WEAK) !== 0;
  needs.push({ library, version, index: elf.endian.u16(aux, 6), isWeak });
}

/** Version definitions in table order. */
export function readVersionDefinitions(elf: ElfFile): VersionDefinition[] {
  const definitions: VersionDefinition[] = [];
  const table = locate(elf, DT.VERDEF, DT.VERDEFNUM, SHT.GNU_VERDEF);
  if (table === undefined) return definitions;
  let at = 0;
  for (let i = 0; i < table.count; i++) {
    const entry = piece(elf, table.range, at, VERDEF_BYTES);
    if (entry === undefined) return overrun(elf, 'DT_VERDEF', table.range, at, definitions);
    const aux = piece(elf, table.range, at + elf.endian.u32(entry, 12), VERDAUX_BYTES);
    const version = aux === undefined ? undefined : table.strings.at(elf.endian.u32(aux, 0));
    const isBase = (elf.endian.u16(entry, 2) & VER_FLG_BASE) !== 0;
    if (version !== undefined) {
      definitions.push({ version, index: elf.endian.u16(entry, 4), isBase });
    }
    if (definitions.length >= LIMITS.versionEntries) return limit(elf, 'DT_VERDEF', definitions);
    const next = elf.endian.u32(entry, 16);
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

function piece(elf: ElfFile, range: FileRange, at: number, bytes: number): Buffer | undefined {
  if (at + bytes > range.sizeBytes) return undefined;
  const read = elf.source.read(range.fileOffset + at, bytes);
  return read.length === bytes ? read : undefined;
}

function overrun<T>(elf: ElfFile, field: string, range: FileRange, at: number, list: T[]): T[] {
  elf.diagnostics.add(
    'out-of-range',
    field,
    `an entry reaches past its segment; the ${list.length} before it were read`,
    range.fileOffset + at,
  );
  return list;
}

function limit<T>(elf: ElfFile, field: string, list: T[]): T[] {
  elf.diagnostics.add('limit', field, `more than ${LIMITS.versionEntries} entries; rest not read`);
  return list;
}
