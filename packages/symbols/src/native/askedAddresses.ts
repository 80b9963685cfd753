// SPDX-License-Identifier: Apache-2.0
// What one pass over a symbol table finds out about a few addresses: columns by address, so that a
// symbol costs a binary search and no object. The rules are those of core's AddressIndex: the function
// that starts last among those that hold an address; sized functions before labels.
import { SYMBOL_LIMITS } from '../limits.ts';

/** One symbol of the table, as the pass hands it over. The same object for all of them. */
export interface ScannedSymbol {
  start: number;
  /** Exclusive; `start` where the symbol has no size. */
  end: number;
  nameOffset: number;
  /** st_info, and the section's index. */
  info: number;
  section: number;
}

/** How well a symbol names its place: the greater of two that start together holds it. */
export type RankOf = (info: number, nameOffset: number) => number;

const NONE = -1;

/** Addresses in ascending order, each once, and what was found for them. */
export class AskedAddresses {
  readonly addresses: Float64Array;
  /** Start of the last sized function that holds the address, its end, name and info; or -1. */
  readonly ownerStart: Float64Array;
  readonly ownerEnd: Float64Array;
  readonly ownerName: Uint32Array;
  readonly #ownerInfo: Uint8Array;
  /** Between an address and the one before it: the last start, and what begins there. */
  readonly lastStart: Float64Array;
  readonly #lastIsSized: Uint8Array;
  readonly lastName: Uint32Array;
  readonly #lastInfo: Uint8Array;
  readonly lastSection: Uint32Array;
  readonly #lastEnd: Float64Array;
  /** 1: functions of different sizes start there. */
  readonly #isUneven: Uint8Array;
  /** Of sized functions that start there: the farthest end. */
  readonly farthestEnd: Float64Array;
  /** The first start above the address, Infinity for none; element 0: above nothing. */
  readonly #nextStart: Float64Array;
  readonly #rankOf: RankOf;
  #steps = 0;

  constructor(addresses: Float64Array, rankOf: RankOf) {
    const count = addresses.length;
    this.addresses = addresses;
    this.#rankOf = rankOf;
    this.ownerStart = new Float64Array(count).fill(NONE);
    this.ownerEnd = new Float64Array(count);
    this.ownerName = new Uint32Array(count);
    this.#ownerInfo = new Uint8Array(count);
    this.lastStart = new Float64Array(count).fill(NONE);
    this.#lastIsSized = new Uint8Array(count);
    this.lastName = new Uint32Array(count);
    this.#lastInfo = new Uint8Array(count);
    this.lastSection = new Uint32Array(count);
    this.#lastEnd = new Float64Array(count);
    this.#isUneven = new Uint8Array(count);
    this.farthestEnd = new Float64Array(count).fill(NONE);
    this.#nextStart = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
  }

  /** Functions inside one another without end: the pass is of no use. */
  get isExhausted(): boolean {
    return this.#steps > SYMBOL_LIMITS.scanSteps;
  }

  /** How many addresses lie below `start`. */
  below(start: number): number {
    const { addresses } = this;
    let first = 0;
    let end = addresses.length;
    while (first < end) {
      const middle = (first + end) >>> 1;
      if (addresses[middle]! < start) first = middle + 1;
      else end = middle;
    }
    return first;
  }

  /** True where a label without a size may matter; `at` from {@link below}. */
  isLabelOfUse(at: number, start: number): boolean {
    return (
      start < this.#nextStart[at]! || (at < this.addresses.length && this.lastStart[at]! <= start)
    );
  }

  /** @param at from {@link below} of its start */
  add(at: number, symbol: ScannedSymbol): void {
    const { start, end } = symbol;
    if (start < this.#nextStart[at]!) this.#nextStart[at] = start;
    if (at === this.addresses.length) return;
    const isSized = end > start;
    if (start >= this.lastStart[at]!) this.#addLast(at, symbol, isSized);
    if (!isSized) return;
    if (end > this.farthestEnd[at]!) this.farthestEnd[at] = end;
    for (let i = at; i < this.addresses.length && this.addresses[i]! < end; i++) {
      if (++this.#steps > SYMBOL_LIMITS.scanSteps) return;
      if (start >= this.ownerStart[i]!) this.#addOwner(i, symbol);
    }
  }

  #addLast(at: number, symbol: ScannedSymbol, isSized: boolean): void {
    const { start, end, nameOffset, info, section } = symbol;
    if (start === this.lastStart[at]!) {
      const wasSized = this.#lastIsSized[at] === 1;
      if (wasSized && !isSized) return;
      if (wasSized && end !== this.#lastEnd[at]!) this.#isUneven[at] = 1;
      const isBetter =
        this.#rankOf(info, nameOffset) > this.#rankOf(this.#lastInfo[at]!, this.lastName[at]!);
      if (!isBetter && wasSized === isSized) return;
    } else this.#isUneven[at] = 0;
    this.lastStart[at] = start;
    this.#lastEnd[at] = end;
    this.#lastIsSized[at] = isSized ? 1 : 0;
    this.lastName[at] = nameOffset;
    this.#lastInfo[at] = info;
    this.lastSection[at] = section;
  }

  #addOwner(i: number, { start, end, nameOffset, info }: ScannedSymbol): void {
    if (start === this.ownerStart[i]!) {
      const isBetter =
        this.#rankOf(info, nameOffset) > this.#rankOf(this.#ownerInfo[i]!, this.ownerName[i]!);
      if (!isBetter) return;
    }
    this.ownerStart[i] = start;
    this.ownerEnd[i] = end;
    this.ownerName[i] = nameOffset;
    this.#ownerInfo[i] = info;
  }

  /** After the last symbol: what was found between two addresses holds for all that lie above. */
  settle(): void {
    const count = this.addresses.length;
    for (let i = 1; i < count; i++) {
      this.farthestEnd[i] = Math.max(this.farthestEnd[i]!, this.farthestEnd[i - 1]!);
      if (this.lastStart[i]! >= 0) continue;
      this.lastStart[i] = this.lastStart[i - 1]!;
      this.#lastIsSized[i] = this.#lastIsSized[i - 1]!;
      this.lastName[i] = this.lastName[i - 1]!;
      this.lastSection[i] = this.lastSection[i - 1]!;
      this.#isUneven[i] = this.#isUneven[i - 1]!;
    }
    for (let i = count - 1; i >= 0; i--) {
      this.#nextStart[i] = Math.min(this.#nextStart[i]!, this.#nextStart[i + 1]!);
    }
  }

  /** The first start above address `i`. */
  nextStart(i: number): number {
    return this.#nextStart[i + 1]!;
  }

  isLastSized(i: number): boolean {
    return this.#lastIsSized[i] === 1;
  }

  /**
   * False where one pass does not tell: of functions that start together another one than the owner
   * may hold the address, or a label may lie inside a function that ended before the address.
   */
  isCertain(i: number): boolean {
    if (this.#isUneven[i] === 1) return false;
    const start = this.lastStart[i]!;
    if (this.ownerStart[i]! >= 0) return this.ownerStart[i] === start;
    return this.isLastSized(i) || this.farthestEnd[i]! <= start;
  }
}
