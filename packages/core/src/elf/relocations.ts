// SPDX-License-Identifier: Apache-2.0
// Relocations (gABI chapter 4, "Relocation", and the RELR proposal that became SHT_RELR): of linked
// files by PT_DYNAMIC, of object files by their sections. Typed columns, walked in batches.
import { hex } from '../bytes/hex.ts';
import { U64Column } from '../bytes/u64Column.ts';
import { LIMITS } from '../limits.ts';
import { DT, EM, ET, SHT } from './constants.ts';
import type { ElfFile } from './elfFile.ts';
import type { FileRange } from './types.ts';

export type RelocationForm = 'rela' | 'rel' | 'relr';

/** One relocation table. */
export interface RelocationTable {
  /** `DT_RELA`, `DT_JMPREL`, … or the name of a section. */
  readonly name: string;
  readonly form: RelocationForm;
  readonly fileOffset: number;
  readonly sizeBytes: number;
  /** Entries in the file. Each entry of a RELR table stands for one or more relocations. */
  readonly entryCount: number;
}

/** A run of relocations. Every column has `count` elements. */
export interface RelocationColumns {
  readonly count: number;
  /** Address to be changed; in object files the offset into the section. */
  readonly offset: U64Column;
  readonly type: Uint32Array;
  readonly symbol: Uint32Array;
  /** r_addend as two's complement; 0 in tables without addends, where it stands in the place. */
  readonly addend: U64Column;
}

const MIPS_MACHINES: ReadonlySet<number> = new Set([EM.MIPS]);

/** R_*_RELATIVE: base address plus addend, no symbol (the processor supplements). */
const RELATIVE_TYPE: Readonly<Record<number, number>> = {
  [EM.X86_64]: 8,
  [EM.I386]: 8,
  [EM.AARCH64]: 1027,
  [EM.ARM]: 23,
  [EM.RISCV]: 3,
  [EM.S390]: 12,
  [EM.PPC]: 22,
  [EM.PPC64]: 22,
  [EM.LOONGARCH]: 3,
};

/** Number of R_<machine>_RELATIVE, or undefined for a machine without a known one. */
export function relativeRelocationType(machine: number): number | undefined {
  return RELATIVE_TYPE[machine];
}

/** Tables that the loader applies, or the sections of an object file; cut to what the file holds. */
export function relocationTables(elf: ElfFile): RelocationTable[] {
  if (elf.header.elfType === ET.REL) return sectionTables(elf);
  const tables: RelocationTable[] = [];
  const jump = dynamicRange(elf, DT.JMPREL, DT.PLTRELSZ, 'DT_JMPREL');
  for (const [form, tag, sizeTag] of [
    ['rela', DT.RELA, DT.RELASZ],
    ['rel', DT.REL, DT.RELSZ],
    ['relr', DT.RELR, DT.RELRSZ],
  ] as const) {
    const name = `DT_${form.toUpperCase()}`;
    const range = dynamicRange(elf, tag, sizeTag, name);
    // Some linkers count the jump slots among DT_RELA too; they are listed once.
    if (range !== undefined) tables.push(describe(elf, name, form, without(range, jump)));
  }
  if (jump !== undefined) {
    const form = elf.dynamic?.value(DT.PLTREL) === BigInt(DT.REL) ? 'rel' : 'rela';
    tables.push(describe(elf, 'DT_JMPREL', form, jump));
  }
  return tables;
}

function sectionTables(elf: ElfFile): RelocationTable[] {
  const tables: RelocationTable[] = [];
  for (const section of elf.sections) {
    const form = FORM_OF_SECTION[section.type];
    if (form !== undefined) tables.push(describe(elf, section.name, form, section));
  }
  return tables;
}

const FORM_OF_SECTION: Readonly<Record<number, RelocationForm>> = {
  [SHT.RELA]: 'rela',
  [SHT.REL]: 'rel',
  [SHT.RELR]: 'relr',
};

function dynamicRange(
  elf: ElfFile,
  tag: number,
  sizeTag: number,
  field: string,
): FileRange | undefined {
  const address = elf.dynamic?.value(tag);
  const size = elf.dynamic?.value(sizeTag);
  if (address === undefined || size === undefined || size === 0n) return undefined;
  const range = elf.vaddrToFileRange(address);
  if (range === undefined) {
    elf.diagnostics.add('out-of-range', field, `address ${hex(address)} lies in no PT_LOAD`);
    return undefined;
  }
  const room = Math.min(range.sizeBytes, Math.max(0, elf.source.sizeBytes - range.fileOffset));
  if (size > BigInt(room)) {
    elf.diagnostics.add(
      'out-of-range',
      field,
      `${hex(size)} bytes at ${hex(address)}; ${hex(room)} are in the file`,
      range.fileOffset,
    );
  }
  return { fileOffset: range.fileOffset, sizeBytes: Math.min(room, Number(size)) };
}

function without(range: FileRange, tail: FileRange | undefined): FileRange {
  if (tail === undefined) return range;
  const distance = tail.fileOffset - range.fileOffset;
  const isInside = distance >= 0 && distance < range.sizeBytes;
  return isInside ? { fileOffset: range.fileOffset, sizeBytes: distance } : range;
}

function entryBytesOf(elf: ElfFile, form: RelocationForm): number {
  const words = form === 'rela' ? 3 : form === 'rel' ? 2 : 1;
  return words * (elf.header.class / 8);
}

function describe(
  elf: ElfFile,
  name: string,
  form: RelocationForm,
  range: FileRange,
): RelocationTable {
  const room = Math.max(0, elf.source.sizeBytes - range.fileOffset);
  const sizeBytes = Math.min(range.sizeBytes, room);
  const entryCount = Math.floor(sizeBytes / entryBytesOf(elf, form));
  return { name, form, fileOffset: range.fileOffset, sizeBytes, entryCount };
}

/**
 * Calls `visit` with one run of relocations after the other, at most LIMITS.relocations of a
 * table, until it returns false. RELR tables are decoded to their addresses, with the machine's
 * relative type.
 */
export function walkRelocations(
  elf: ElfFile,
  table: RelocationTable,
  visit: (batch: RelocationColumns) => boolean | undefined,
): void {
  if (MIPS_MACHINES.has(elf.header.machine) && elf.header.class === 64) {
    // Its r_info holds three types and is laid out differently in little-endian files.
    elf.diagnostics.add('unsupported', table.name, 'relocations of 64-bit MIPS are not decoded');
    return;
  }
  if (table.form === 'relr') {
    visit(relrColumns(elf, readRelrAddresses(elf, table)));
    return;
  }
  const entryBytes = entryBytesOf(elf, table.form);
  const count = Math.min(table.entryCount, LIMITS.relocations);
  const batch = Math.floor(LIMITS.bulkReadBytes / entryBytes);
  for (let first = 0; first < count; first += batch) {
    const wanted = Math.min(batch, count - first) * entryBytes;
    const bytes = elf.source.read(table.fileOffset + first * entryBytes, wanted);
    if (visit(decode(elf, bytes, table.form)) === false || bytes.length < wanted) return;
  }
  if (count < table.entryCount) reportLimit(elf, table);
}

function reportLimit(elf: ElfFile, table: RelocationTable): void {
  const message = `more than ${LIMITS.relocations} relocations; the rest was not read`;
  elf.diagnostics.add('limit', table.name, message, table.fileOffset);
}

function decode(elf: ElfFile, bytes: Buffer, form: RelocationForm): RelocationColumns {
  const entryBytes = entryBytesOf(elf, form);
  const count = Math.floor(bytes.length / entryBytes);
  const columns = {
    count,
    offset: new U64Column(count),
    type: new Uint32Array(count),
    symbol: new Uint32Array(count),
    addend: new U64Column(count),
  };
  const { u32, name } = elf.endian;
  const hasAddend = form === 'rela';
  const high = name === 'LE' ? 4 : 0;
  const low = 4 - high;
  for (let i = 0, at = 0; i < count; i++, at += entryBytes) {
    if (elf.header.class === 64) {
      columns.offset.set(i, u32(bytes, at + high), u32(bytes, at + low));
      columns.symbol[i] = u32(bytes, at + 8 + high);
      columns.type[i] = u32(bytes, at + 8 + low);
      if (hasAddend) columns.addend.set(i, u32(bytes, at + 16 + high), u32(bytes, at + 16 + low));
      continue;
    }
    const info = u32(bytes, at + 4);
    columns.offset.set(i, 0, u32(bytes, at));
    columns.symbol[i] = info >>> 8;
    columns.type[i] = info & 0xff;
    if (hasAddend) {
      const addend = u32(bytes, at + 8);
      columns.addend.set(i, addend >= 0x80000000 ? 0xffffffff : 0, addend);
    }
  }
  return columns;
}

/**
 * Addresses of a RELR table in the order of the table: an even word is an address, an odd one a
 * bitmap over the 63 (31) words that follow. At most LIMITS.relocations of them.
 */
export function readRelrAddresses(elf: ElfFile, table: RelocationTable): BigUint64Array {
  const wordBytes = elf.header.class / 8;
  const addresses = new BigUint64Array(countRelr(elf, table));
  const step = BigInt(wordBytes);
  let count = 0;
  let next = 0n;
  forEachRelrWord(elf, table, (word, isBitmap) => {
    if (!isBitmap) {
      if (count < addresses.length) addresses[count++] = word;
      next = word + step;
      return true;
    }
    let address = next;
    for (let bits = word >> 1n; bits !== 0n && count < addresses.length; bits >>= 1n) {
      if ((bits & 1n) === 1n) addresses[count++] = address;
      address += step;
    }
    next += step * BigInt(elf.header.class - 1);
    return count < addresses.length;
  });
  return addresses;
}

function countRelr(elf: ElfFile, table: RelocationTable): number {
  let count = 0;
  forEachRelrWord(elf, table, (word, isBitmap) => {
    if (!isBitmap) count++;
    else for (let bits = word >> 1n; bits !== 0n; bits &= bits - 1n) count++;
    return count <= LIMITS.relocations;
  });
  if (count > LIMITS.relocations) reportLimit(elf, table);
  return Math.min(count, LIMITS.relocations);
}

function forEachRelrWord(
  elf: ElfFile,
  table: RelocationTable,
  visit: (word: bigint, isBitmap: boolean) => boolean,
): void {
  const wordBytes = elf.header.class / 8;
  const most = Math.min(table.entryCount, LIMITS.relocations) * wordBytes;
  for (let from = 0; from < most; from += LIMITS.bulkReadBytes) {
    const wanted = Math.min(LIMITS.bulkReadBytes, most - from);
    const bytes = elf.source.read(table.fileOffset + from, wanted);
    for (let at = 0; at + wordBytes <= bytes.length; at += wordBytes) {
      const word = wordBytes === 8 ? elf.endian.u64(bytes, at) : BigInt(elf.endian.u32(bytes, at));
      const lowest = bytes[elf.endian.name === 'LE' ? at : at + wordBytes - 1]!;
      if (!visit(word, (lowest & 1) === 1)) return;
    }
    if (bytes.length < wanted) return;
  }
}

function relrColumns(elf: ElfFile, addresses: BigUint64Array): RelocationColumns {
  const count = addresses.length;
  const offset = new U64Column(count);
  offset.wide.set(addresses);
  const type = new Uint32Array(count).fill(RELATIVE_TYPE[elf.header.machine] ?? 0);
  return { count, offset, type, symbol: new Uint32Array(count), addend: new U64Column(count) };
}
