// SPDX-License-Identifier: Apache-2.0
// Symbol table entries as typed columns: no object per symbol.
import type { Endian } from '../bytes/endian.ts';
import { HOST_HIGH, HOST_LOW, U64Column } from '../bytes/u64Column.ts';
import { SYMBOL_LAYOUT } from './layout.ts';

/**
 * Section indexes of the `shndx` column. A table may name real sections above 0xff00
 * (SHT_SYMTAB_SHNDX), so the reserved values are moved to the end of the 32-bit range.
 */
export const SYMBOL_SECTION = {
  UNDEF: 0,
  ABS: 0xfffffff1,
  COMMON: 0xfffffff2,
  XINDEX: 0xffffffff,
} as const;

const SHN_LORESERVE = 0xff00;
const SHN_XINDEX = 0xffff;
const RESERVED_SHIFT = 0xffff0000;

/** A run of symbols. Every column has `count` elements. */
export interface SymbolColumns {
  /** Table index of element 0. */
  readonly first: number;
  readonly count: number;
  /** st_name: byte offset into the string table. */
  readonly nameOffset: Uint32Array;
  readonly value: U64Column;
  readonly size: U64Column;
  /** st_info: binding in the upper, type in the lower four bits. */
  readonly info: Uint8Array;
  readonly other: Uint8Array;
  /** Section index; see {@link SYMBOL_SECTION} for the reserved ones. */
  readonly shndx: Uint32Array;
}

export function allocateColumns(first: number, count: number): SymbolColumns {
  return {
    first,
    count,
    nameOffset: new Uint32Array(count),
    value: new U64Column(count),
    size: new U64Column(count),
    info: new Uint8Array(count),
    other: new Uint8Array(count),
    shndx: new Uint32Array(count),
  };
}

/** Where `decodeEntries` takes from. */
export interface EntryBytes {
  readonly class: 32 | 64;
  readonly endian: Endian;
  /** Whole entries. */
  readonly entries: Uint8Array;
  /** The matching words of SHT_SYMTAB_SHNDX; shorter or empty where there are none. */
  readonly extendedIndexes: Uint8Array;
}

/** Decodes all whole entries of `from` into `columns` from element `at` on. */
export function decodeEntries(from: EntryBytes, columns: SymbolColumns, at: number): void {
  const isNative = from.endian.name === 'LE' && HOST_LOW === 0;
  if (from.class === 32) decode32(from, columns, at);
  else if (isNative && from.entries.byteOffset % 4 === 0) decodeNative64(from, columns, at);
  else decode64(from, columns, at);
}

/** Entries in the byte order of this machine: whole words, no assembling of bytes. */
function decodeNative64(from: EntryBytes, columns: SymbolColumns, at: number): void {
  const { entries } = from;
  const { nameOffset, info, other, shndx } = columns;
  const value = columns.value.words;
  const size = columns.size.words;
  const count = Math.floor(entries.length / SYMBOL_LAYOUT[64].entryBytes);
  const words = new Uint32Array(entries.buffer, entries.byteOffset, count * 6);
  for (let i = 0, w = 0, to = at; i < count; i++, w += 6, to++) {
    const packed = words[w + 1]!;
    const section = packed >>> 16;
    nameOffset[to] = words[w]!;
    info[to] = packed;
    other[to] = packed >>> 8;
    shndx[to] = section < SHN_LORESERVE ? section : reservedIndex(from, i, section);
    value[2 * to] = words[w + 2]!;
    value[2 * to + 1] = words[w + 3]!;
    size[2 * to] = words[w + 4]!;
    size[2 * to + 1] = words[w + 5]!;
  }
}

function decode64(from: EntryBytes, columns: SymbolColumns, at: number): void {
  const { entries, endian } = from;
  const { u16, u32 } = endian;
  const { nameOffset, info, other, shndx } = columns;
  const value = columns.value.words;
  const size = columns.size.words;
  const highAt = endian.name === 'LE' ? 4 : 0;
  const lowAt = 4 - highAt;
  const count = Math.floor(entries.length / SYMBOL_LAYOUT[64].entryBytes);
  for (let i = 0, p = 0, to = at; i < count; i++, p += 24, to++) {
    nameOffset[to] = u32(entries, p);
    info[to] = entries[p + 4]!;
    other[to] = entries[p + 5]!;
    const section = u16(entries, p + 6);
    shndx[to] = section < SHN_LORESERVE ? section : reservedIndex(from, i, section);
    value[2 * to + HOST_HIGH] = u32(entries, p + 8 + highAt);
    value[2 * to + HOST_LOW] = u32(entries, p + 8 + lowAt);
    size[2 * to + HOST_HIGH] = u32(entries, p + 16 + highAt);
    size[2 * to + HOST_LOW] = u32(entries, p + 16 + lowAt);
  }
}

function decode32(from: EntryBytes, columns: SymbolColumns, at: number): void {
  const { entries, endian } = from;
  const { u16, u32 } = endian;
  const { nameOffset, value, size, info, other, shndx } = columns;
  const count = Math.floor(entries.length / SYMBOL_LAYOUT[32].entryBytes);
  for (let i = 0, p = 0, to = at; i < count; i++, p += 16, to++) {
    nameOffset[to] = u32(entries, p);
    value.set(to, 0, u32(entries, p + 4));
    size.set(to, 0, u32(entries, p + 8));
    info[to] = entries[p + 12]!;
    other[to] = entries[p + 13]!;
    const section = u16(entries, p + 14);
    shndx[to] = section < SHN_LORESERVE ? section : reservedIndex(from, i, section);
  }
}

function reservedIndex(from: EntryBytes, i: number, raw: number): number {
  const { extendedIndexes } = from;
  if (raw === SHN_XINDEX && 4 * i + 4 <= extendedIndexes.length) {
    return from.endian.u32(extendedIndexes, 4 * i);
  }
  return raw + RESERVED_SHIFT;
}
