// SPDX-License-Identifier: Apache-2.0
// Address → symbol by binary search over disjoint runs. Overlaps, sizes of zero and aliases are
// settled once, when the index is built, so that a look-up is a single search.

import { HOST_HIGH, HOST_LOW, U64Column } from '../bytes/u64Column.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { type Candidates, chooseCandidates, symbolAddresses } from './addressCandidates.ts';
import type { SymbolTable } from './symbolTable.ts';

const TWO_32 = 4294967296;
const MASK_32 = 0xffffffffn;
const NONE = 0xffffffff;

/** The symbol that holds an address. */
export interface SymbolHit {
  /** Index in the table. */
  readonly index: number;
  /** Distance of the address from the start of the symbol. */
  readonly offsetBytes: bigint;
}

/** Runs of addresses, each up to the next, with the innermost symbol that holds it. */
export interface AddressRuns {
  readonly count: number;
  /** Ascending; the column may be longer than `count`. */
  readonly start: U64Column;
  /** Index in the table, or 0xffffffff for a gap. */
  readonly symbol: Uint32Array;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Functions first, then data objects. Built once; a look-up allocates nothing but its answer. */
export class AddressIndex {
  readonly table: SymbolTable;
  readonly #address: U64Column;
  readonly #functions: AddressRuns;
  readonly #objects: AddressRuns;

  /** The file must be linked: in relocatable files values are offsets into sections. */
  constructor(elf: ElfFile, table: SymbolTable) {
    this.table = table;
    this.#address = symbolAddresses(elf, table);
    const candidates = chooseCandidates(elf, table, this.#address);
    this.#functions = buildRuns(candidates.functions);
    this.#objects = buildRuns(candidates.objects);
  }

  /** What a look-up among the functions searches: for those who keep it in a form of their own. */
  get functionRuns(): AddressRuns {
    return this.#functions;
  }

  /** The symbol whose range holds `vaddr`; undefined between symbols. */
  symbolAt(vaddr: bigint): SymbolHit | undefined {
    if (vaddr < 0n) return undefined;
    const asDouble = Number(vaddr);
    const index =
      asDouble < Number.MAX_SAFE_INTEGER
        ? this.indexAt(Math.floor(asDouble / TWO_32), asDouble >>> 0)
        : this.indexAt(Number((vaddr >> 32n) & MASK_32), Number(vaddr & MASK_32));
    if (index < 0) return undefined;
    return { index, offsetBytes: vaddr - this.#address.at(index) };
  }

  /** The index of the symbol that holds the address, given as two 32-bit words; -1 for none. */
  indexAt(high: number, low: number): number {
    let index = find(this.#functions, high, low);
    if (index === NONE) index = find(this.#objects, high, low);
    return index === NONE ? -1 : index;
  }
}

function find(runs: AddressRuns, high: number, low: number): number {
  const { words } = runs.start;
  let first = 0;
  let end = runs.count;
  while (first < end) {
    const middle = (first + end) >>> 1;
    const startHigh = words[2 * middle + HOST_HIGH]!;
    if (startHigh < high || (startHigh === high && words[2 * middle + HOST_LOW]! <= low)) {
      first = middle + 1;
    } else end = middle;
  }
  return first === 0 ? NONE : runs.symbol[first - 1]!;
}

/**
 * Sweeps the candidates in address order with a stack of open ranges; the innermost open range,
 * which is the one that started last, owns an address. Every candidate is pushed and popped once.
 */
function buildRuns(from: Candidates): AddressRuns {
  const runs = {
    count: 0,
    start: new U64Column(2 * from.count),
    symbol: new Uint32Array(2 * from.count),
  };
  const { words } = from.start;
  const open = new Uint32Array(from.count);
  let depth = 0;
  for (let i = 0; i < from.count; i++) {
    const high = words[2 * i + HOST_HIGH]!;
    const low = words[2 * i + HOST_LOW]!;
    if (depth > 0) depth = closeUpTo(from, runs, open, depth, high, low);
    addRun(runs, high, low, from.symbol[i]!);
    open[depth++] = i;
  }
  closeUpTo(from, runs, open, depth, NONE, NONE);
  return runs;
}

/** Ends the open ranges that end at or before an address; the depth that is left. */
function closeUpTo(
  from: Candidates,
  runs: Writable<AddressRuns>,
  open: Uint32Array,
  depth: number,
  high: number,
  low: number,
): number {
  const { words } = from.end;
  let left = depth;
  while (left > 0) {
    const top = open[left - 1]!;
    const endHigh = words[2 * top + HOST_HIGH]!;
    const endLow = words[2 * top + HOST_LOW]!;
    if (endHigh > high || (endHigh === high && endLow > low)) return left;
    left--;
    // A range below that ended earlier (a crossing overlap) owns nothing of what follows.
    while (left > 0 && !endsAfter(words, open[left - 1]!, endHigh, endLow)) left--;
    addRun(runs, endHigh, endLow, left > 0 ? from.symbol[open[left - 1]!]! : NONE);
  }
  return left;
}

function endsAfter(ends: Uint32Array, i: number, high: number, low: number): boolean {
  const endHigh = ends[2 * i + HOST_HIGH]!;
  return endHigh > high || (endHigh === high && ends[2 * i + HOST_LOW]! > low);
}

function addRun(runs: Writable<AddressRuns>, high: number, low: number, symbol: number): void {
  const { words } = runs.start;
  const last = runs.count - 1;
  // What starts where the run before ended takes its place.
  const isSame =
    last >= 0 && words[2 * last + HOST_LOW] === low && words[2 * last + HOST_HIGH] === high;
  const at = isSame ? last : runs.count++;
  words[2 * at + HOST_HIGH] = high;
  words[2 * at + HOST_LOW] = low;
  runs.symbol[at] = symbol;
}
