// SPDX-License-Identifier: Apache-2.0
// The functions of a symbol table, found when they are asked for. What was found is kept as the range
// of addresses that it holds for; a table that is asked for ever more of them is sorted after all.
import { SYMBOL_LIMITS } from '../limits.ts';
import type { AskedAddresses } from './askedAddresses.ts';
import { type FunctionTable, findName, functionTableBytes } from './functionTable.ts';
import type { SymbolScan } from './symbolScan.ts';

const RANGE_BYTES = 24;

/** See {@link LazyFunctions.find}. */
export class LazyFunctions {
  readonly #scan: SymbolScan | undefined;
  readonly #build: () => FunctionTable;
  #table: FunctionTable | undefined;
  #scans = 0;
  /** Ranges in ascending order, none inside another; the name is -1 for none. */
  #starts: number[] = [];
  #ends: number[] = [];
  #names: number[] = [];

  /** @param build sorts the whole table: where the form is not known, or passes do not pay */
  constructor(scan: SymbolScan | undefined, build: () => FunctionTable) {
    this.#scan = scan;
    this.#build = build;
  }

  /** Memory held, about. */
  get sizeBytes(): number {
    if (this.#table !== undefined) return functionTableBytes(this.#table);
    return this.#starts.length * RANGE_BYTES;
  }

  /** Sorts the table, and tells whether there is anything in it. */
  hasAny(): boolean {
    this.#sortAll();
    return this.#table!.starts.length > 0;
  }

  /** Finds many at once. @throws InputError when the file cannot be read */
  prepare(addresses: Iterable<number>): void {
    if (this.#table !== undefined) return;
    const wanted = new Set<number>();
    for (const address of addresses) if (this.#rangeOf(address) < 0) wanted.add(address);
    if (wanted.size === 0) return;
    const scan = this.#scan;
    if (scan === undefined || ++this.#scans > SYMBOL_LIMITS.scansPerTable) {
      this.#sortAll();
      return;
    }
    const asked = scan.find(Float64Array.from(wanted).sort());
    if (asked.isExhausted) this.#sortAll();
    else this.#take(scan, asked);
  }

  /** Where the name of the function that holds `vaddr` is; -1 where none does. */
  find(vaddr: number): number {
    if (this.#table !== undefined) return findName(this.#table, vaddr);
    const known = this.#rangeOf(vaddr);
    if (known >= 0) return this.#names[known]!;
    this.prepare([vaddr]);
    if (this.#table !== undefined) return findName(this.#table, vaddr);
    const found = this.#rangeOf(vaddr);
    return found < 0 ? -1 : this.#names[found]!;
  }

  #sortAll(): void {
    this.#table = this.#build();
    this.#starts = [];
    this.#ends = [];
    this.#names = [];
  }

  #take(scan: SymbolScan, asked: AskedAddresses): void {
    const { addresses } = asked;
    for (let i = 0; i < addresses.length; i++) {
      if (!asked.isCertain(i)) {
        this.#sortAll();
        return;
      }
    }
    for (let i = 0; i < addresses.length; i++) {
      const next = asked.nextStart(i);
      const start = asked.lastStart[i]!;
      if (asked.ownerStart[i]! >= 0) {
        this.#keep(start, Math.min(asked.ownerEnd[i]!, next), asked.ownerName[i]!);
      } else if (start < 0 || asked.isLastSized(i)) {
        this.#keep(Math.max(0, asked.farthestEnd[i]!), next, -1);
      } else {
        const end = Math.min(next, scan.sectionEnd(asked.lastSection[i]!, start));
        if (addresses[i]! < end) this.#keep(start, end, asked.lastName[i]!);
        else this.#keep(Math.max(start, end), next, -1);
      }
    }
  }

  #keep(start: number, end: number, name: number): void {
    const at = this.#above(start);
    if (at > 0 && this.#starts[at - 1] === start) return;
    this.#starts.splice(at, 0, start);
    this.#ends.splice(at, 0, end);
    this.#names.splice(at, 0, name);
  }

  #rangeOf(vaddr: number): number {
    const at = this.#above(vaddr) - 1;
    return at >= 0 && vaddr < this.#ends[at]! ? at : -1;
  }

  /** How many ranges start at or below the address. */
  #above(vaddr: number): number {
    let first = 0;
    let end = this.#starts.length;
    while (first < end) {
      const middle = (first + end) >>> 1;
      if (this.#starts[middle]! <= vaddr) first = middle + 1;
      else end = middle;
    }
    return first;
  }
}
