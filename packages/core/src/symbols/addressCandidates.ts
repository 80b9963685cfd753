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

export type CandidateKind = 'functions' | 'objects';

/**
 * Candidates of one kind, `address` being the symbols' addresses ({@link symbolAddresses}).
 * Functions include labels (NOTYPE) of executable sections.
 */
export function chooseCandidates(
  elf: ElfFile,
  table: SymbolTable,
  address: U64Column,
  kind: CandidateKind,
): Candidates {
  const order = sortByValue(select(elf, table, kind), address);
  return withEnds(elf, table, address, pickAliases(table, address, order));
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

function select(elf: ElfFile, table: SymbolTable, kind: CandidateKind): Uint32Array {
  const isExecutable = executableSections(elf);
  const selected = new Uint32Array(table.count);
  let count = 0;
  for (let i = 1; i < table.count; i++) {
    const type = table.info[i]! & 15;
    const section = table.shndx[i]!;
    if (section === SYMBOL_SECTION.UNDEF || section === SYMBOL_SECTION.COMMON) continue;
    let isWanted: boolean;
    if (kind === 'objects') isWanted = type === STT.OBJECT && hasSize(table, i);
    else if (type === STT.NOTYPE) isWanted = isExecutable[section] === 1 && isLabel(table, i);
    else isWanted = type === STT.FUNC || type === STT.GNU_IFUNC;
    if (isWanted) selected[count++] = i;
  }
  return selected.slice(0, count);
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

/** Of all symbols with one address the best one, see {@link isBetter}. */
function pickAliases(table: SymbolTable, address: U64Column, order: Uint32Array): Uint32Array {
  const { words } = address;
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    const symbol = order[i]!;
    const previous = count === 0 ? 0 : order[count - 1]!;
    const isSame =
      words[2 * previous] === words[2 * symbol] &&
      words[2 * previous + 1] === words[2 * symbol + 1] &&
      count > 0;
    if (!isSame) order[count++] = symbol;
    else if (isBetter(table, symbol, previous)) order[count - 1] = symbol;
  }
  return order.subarray(0, count);
}

/**
 * True when `a` names the place better than `b`: a size over none, a typed symbol over a label, a
 * visible one over a local one, `write` over `__write`, a global over a weak one.
 */
function isBetter(table: SymbolTable, a: number, b: number): boolean {
  const sized = Number(hasSize(table, a)) - Number(hasSize(table, b));
  if (sized !== 0) return sized > 0;
  const typed = Number((table.info[a]! & 15) !== 0) - Number((table.info[b]! & 15) !== 0);
  if (typed !== 0) return typed > 0;
  const bindingA = table.info[a]! >> 4;
  const bindingB = table.info[b]! >> 4;
  const visible = Number(bindingA !== STB.LOCAL) - Number(bindingB !== STB.LOCAL);
  if (visible !== 0) return visible > 0;
  const { names, nameOffset } = table;
  const plain = names.leadingUnderscores(nameOffset[b]!) - names.leadingUnderscores(nameOffset[a]!);
  if (plain !== 0) return plain > 0;
  return bindingA !== STB.WEAK && bindingB === STB.WEAK;
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
