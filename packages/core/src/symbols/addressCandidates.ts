// SPDX-License-Identifier: Apache-2.0
// Which symbols may own addresses, one for each start, in address order with an end for each.

import { HOST_HIGH, HOST_LOW, U64Column } from '../bytes/u64Column.ts';
import { EM, SHF } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { SYMBOL_SECTION } from './columns.ts';
import { STB, STT } from './labels.ts';
import { sortByValue } from './radixSort.ts';
import type { SymbolTable } from './symbolTable.ts';

const TWO_32 = 4294967296;
const MOST = 0xffffffff;
const DOLLAR = 0x24;

/** One element per start address, ascending. `end` is exclusive. */
export interface Candidates {
  readonly count: number;
  readonly symbol: Uint32Array;
  readonly start: U64Column;
  readonly end: U64Column;
}

/** Candidates of both kinds. Functions include labels (NOTYPE) of executable sections. */
export interface AllCandidates {
  readonly functions: Candidates;
  readonly objects: Candidates;
}

/** Chooses from a table, `address` being the symbols' addresses ({@link symbolAddresses}). */
export function chooseCandidates(
  elf: ElfFile,
  table: SymbolTable,
  address: U64Column,
): AllCandidates {
  const selected = select(elf, table);
  const finish = (symbols: Uint32Array): Candidates =>
    withEnds(elf, table, address, pickAliases(table, address, sortByValue(symbols, address)));
  return { functions: finish(selected.functions), objects: finish(selected.objects) };
}

/** ARM marks Thumb functions by bit 0 of their value, which is not part of the address. */
export function symbolAddresses(elf: ElfFile, table: SymbolTable): U64Column {
  if (elf.header.machine !== EM.ARM) return table.value;
  const address = new U64Column(table.count);
  for (let i = 0; i < table.count; i++) {
    const isFunction = (table.info[i]! & 15) === STT.FUNC;
    const low = table.value.low(i);
    address.set(i, table.value.high(i), isFunction ? (low & ~1) >>> 0 : low);
  }
  return address;
}

function select(
  elf: ElfFile,
  table: SymbolTable,
): { functions: Uint32Array; objects: Uint32Array } {
  const isExecutable = executableSections(elf);
  const { count, info, shndx } = table;
  const functions = new Uint32Array(count);
  const objects = new Uint32Array(count);
  let functionCount = 0;
  let objectCount = 0;
  for (let i = 1; i < count; i++) {
    const section = shndx[i]!;
    if (section === SYMBOL_SECTION.UNDEF || section === SYMBOL_SECTION.COMMON) continue;
    const type = info[i]! & 15;
    if (type === STT.FUNC || type === STT.GNU_IFUNC) functions[functionCount++] = i;
    else if (type === STT.OBJECT) {
      if (hasSize(table, i)) objects[objectCount++] = i;
    } else if (type === STT.NOTYPE && isExecutable[section] === 1 && isLabel(table, i)) {
      functions[functionCount++] = i;
    }
  }
  return { functions: functions.slice(0, functionCount), objects: objects.slice(0, objectCount) };
}

/** Mapping symbols (`$x`, `$d`: ARM, AArch64, RISC-V) mark kinds of content and name nothing. */
function isLabel(table: SymbolTable, index: number): boolean {
  const first = table.names.byteAt(table.nameOffset[index]!);
  return first !== 0 && first !== DOLLAR;
}

function executableSections(elf: ElfFile): Uint8Array {
  const { sections } = elf;
  const result = new Uint8Array(sections.length);
  for (const section of sections) {
    if ((section.flags & SHF.EXECINSTR) !== 0) result[section.index] = 1;
  }
  return result;
}

/** Of all symbols with one address the one of the highest rank, the first among equals. */
function pickAliases(table: SymbolTable, address: U64Column, order: Uint32Array): Uint32Array {
  const { words } = address;
  let count = 0;
  let rankOfLast = -1;
  for (let i = 0; i < order.length; i++) {
    const symbol = order[i]!;
    const previous = count === 0 ? 0 : order[count - 1]!;
    const isSame =
      words[2 * previous] === words[2 * symbol] &&
      words[2 * previous + 1] === words[2 * symbol + 1] &&
      count > 0;
    if (!isSame) {
      order[count++] = symbol;
      rankOfLast = -1;
      continue;
    }
    // Most addresses have one name: ranks are made only where there are several.
    if (rankOfLast < 0) rankOfLast = rank(table, previous);
    const rankOfSymbol = rank(table, symbol);
    if (rankOfSymbol <= rankOfLast) continue;
    order[count - 1] = symbol;
    rankOfLast = rankOfSymbol;
  }
  return order.subarray(0, count);
}

/**
 * How well a symbol names its place, the weightiest first: a size, a type, seen by others, few
 * leading underscores (`write` over `__write`), global rather than weak.
 */
function rank(table: SymbolTable, symbol: number): number {
  const info = table.info[symbol]!;
  const binding = info >> 4;
  const underscores = table.names.leadingUnderscores(table.nameOffset[symbol]!);
  return (
    (hasSize(table, symbol) ? 256 : 0) +
    ((info & 15) === STT.NOTYPE ? 0 : 128) +
    (binding === STB.LOCAL ? 0 : 64) +
    2 * (31 - underscores) +
    (binding === STB.WEAK ? 0 : 1)
  );
}

function hasSize(table: SymbolTable, index: number): boolean {
  return table.size.low(index) !== 0 || table.size.high(index) !== 0;
}

/**
 * Gives each symbol its end. One without a size reaches to the next symbol or the end of its
 * section; inside a sized one it is a label of that and is left out.
 */
function withEnds(
  elf: ElfFile,
  table: SymbolTable,
  address: U64Column,
  symbols: Uint32Array,
): Candidates {
  const addressWords = address.words;
  const sizeWords = table.size.words;
  const most = symbols.length;
  const symbol = new Uint32Array(most);
  const start = new U64Column(most);
  const end = new U64Column(most);
  let count = 0;
  let coveredHigh = 0;
  let coveredLow = 0;
  for (let i = 0; i < most; i++) {
    const index = symbols[i]!;
    const high = addressWords[2 * index + HOST_HIGH]!;
    const low = addressWords[2 * index + HOST_LOW]!;
    let sizeHigh = sizeWords[2 * index + HOST_HIGH]!;
    let sizeLow = sizeWords[2 * index + HOST_LOW]!;
    if (sizeLow === 0 && sizeHigh === 0) {
      if (high < coveredHigh || (high === coveredHigh && low < coveredLow)) continue;
      const next = i + 1 < most ? address.at(symbols[i + 1]!) : undefined;
      const length = lengthOfUnsized(elf, table.shndx[index]!, address.at(index), next);
      if (length <= 0n) continue;
      sizeHigh = Number((length >> 32n) & 0xffffffffn);
      sizeLow = Number(length & 0xffffffffn);
    }
    let endLow = low + sizeLow;
    let endHigh = high + sizeHigh;
    if (endLow >= TWO_32) {
      endLow -= TWO_32;
      endHigh++;
    }
    if (endHigh > MOST) endHigh = endLow = MOST;
    symbol[count] = index;
    start.words[2 * count + HOST_HIGH] = high;
    start.words[2 * count + HOST_LOW] = low;
    end.words[2 * count + HOST_HIGH] = endHigh;
    end.words[2 * count + HOST_LOW] = endLow;
    if (endHigh > coveredHigh || (endHigh === coveredHigh && endLow > coveredLow)) {
      coveredHigh = endHigh;
      coveredLow = endLow;
    }
    count++;
  }
  return { count, symbol, start, end };
}

/** Up to the next symbol, but not past the section, or the segment where there are no sections. */
function lengthOfUnsized(
  elf: ElfFile,
  shndx: number,
  start: bigint,
  next: bigint | undefined,
): bigint {
  let end = start;
  const section = elf.sections[shndx];
  if (section !== undefined) end = section.addr + BigInt(section.sizeBytes);
  else {
    for (const load of elf.loads) {
      const loadEnd = load.vaddr + BigInt(load.memSizeBytes);
      if (start >= load.vaddr && start < loadEnd) end = loadEnd;
    }
  }
  return (next !== undefined && next < end ? next : end) - start;
}
