// SPDX-License-Identifier: Apache-2.0
// What a look-up needs of a symbol table, in 12 bytes a function: the columns of the table itself
// (28 bytes a symbol, data objects too) are given back as soon as this is made.
import { AddressIndex, type ElfFile, type SymbolTable } from '@otelkit/core';

const GAP = 0xffffffff;
/** Addresses are doubles here: exact below 2^53, where every user address lies. */
const FIRST_INEXACT_HIGH = 0x200000;

/** Functions in address order, each up to the next run. */
export interface FunctionTable {
  readonly starts: Float64Array;
  /** What `nameAt` of the owner takes, or 0xffffffff for a gap. */
  readonly names: Uint32Array;
}

/** Makes the table from the functions of a symbol table; names are offsets into its strings. */
export function functionTableOf(elf: ElfFile, table: SymbolTable): FunctionTable {
  const { count, start, symbol } = new AddressIndex(elf, table).functionRuns;
  const starts = new Float64Array(count);
  const names = new Uint32Array(count);
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if (start.high(i) >= FIRST_INEXACT_HIGH) break;
    const index = symbol[i]!;
    starts[kept] = start.asNumber(i);
    names[kept++] = index === GAP ? GAP : table.nameOffset[index]!;
  }
  return { starts: starts.slice(0, kept), names: names.slice(0, kept) };
}

/** What names the function that holds `vaddr`; -1 where none does. */
export function findName(table: FunctionTable, vaddr: number): number {
  const { starts } = table;
  let first = 0;
  let end = starts.length;
  while (first < end) {
    const middle = (first + end) >>> 1;
    if (starts[middle]! <= vaddr) first = middle + 1;
    else end = middle;
  }
  if (first === 0) return -1;
  const name = table.names[first - 1]!;
  return name === GAP ? -1 : name;
}

export function functionTableBytes(table: FunctionTable): number {
  return table.starts.byteLength + table.names.byteLength;
}
