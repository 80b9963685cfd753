// SPDX-License-Identifier: Apache-2.0
// Rules and where they start, as columns. A rule is the two words in which a row of the table holds
// it: `head` is cfaKind | saved << 8, `offsets` is cfaOffset | fpOffset << 16.
import { UNWIND_LIMITS } from '../limits.ts';
import { CFA, FP_SAVED, RA_SAVED } from './layout.ts';

export const NONE_HEAD: number = CFA.NONE;
export const END_HEAD: number = CFA.END;

/** `head` of a rule. */
export function ruleHead(cfaKind: number, fpSaved = 0, raSaved = 0): number {
  return cfaKind | (fpSaved << 8) | (raSaved << 12);
}

/** `offsets` of a rule; both must fit 16 bits. */
export function ruleOffsets(cfaOffset: number, fpOffset = 0): number {
  return ((cfaOffset & 0xffff) | (fpOffset << 16)) >>> 0;
}

export function fits16(offset: number): boolean {
  return offset >= -0x8000 && offset <= 0x7fff;
}

/** SP + 8 on x86_64: the rule of every function's first instruction. */
export const X86_64_ENTRY_OFFSETS: number = ruleOffsets(8);
export const FRAME_RECORD_HEAD: number = ruleHead(CFA.SP, FP_SAVED.AT_CFA, RA_SAVED.BESIDE_FP);

const LEAST_ROWS = 64;
const LEAST_RANGES = 16;

/**
 * Rows in the order in which they were decoded, and the ranges of addresses (one each FDE or
 * function) that own them. Addresses count from the table's base.
 */
export class RowColumns {
  rowCount = 0;
  at: Uint32Array;
  head: Uint16Array;
  offsets: Uint32Array;
  rangeCount = 0;
  start: Uint32Array;
  end: Uint32Array;
  /** First row of the range; its rows end where `rowEnd` says. */
  rowFirst: Uint32Array;
  rowEnd: Uint32Array;
  isSorted = true;
  /** A place whose neighbourhood is asked for later: see {@link startAboveWatched}. */
  watchedAt = 0;
  /** Lowest start of a range above the watched place, and the end of the range that holds it. */
  startAboveWatched = 0xffffffff;
  endAroundWatched = 0;
  /** True when a limit was reached: what is added further is left out. */
  isFull = false;

  /** Memory that is not used in the end costs nothing, growing does. */
  constructor(expectedRows = 0, expectedRanges = 0) {
    const rows = Math.min(Math.max(LEAST_ROWS, expectedRows), UNWIND_LIMITS.rows);
    this.at = new Uint32Array(rows);
    this.head = new Uint16Array(rows);
    this.offsets = new Uint32Array(rows);
    const ranges = Math.min(Math.max(LEAST_RANGES, expectedRanges), UNWIND_LIMITS.ranges);
    this.start = new Uint32Array(ranges);
    this.end = new Uint32Array(ranges);
    this.rowFirst = new Uint32Array(ranges);
    this.rowEnd = new Uint32Array(ranges);
  }

  /** Begins a range; rows are added to it until {@link closeRange}. */
  openRange(start: number, end: number): void {
    const i = this.rangeCount;
    if (i === this.start.length) this.#growRanges();
    if (i > 0 && start < this.start[i - 1]!) this.isSorted = false;
    this.start[i] = start;
    this.end[i] = end;
    this.rowFirst[i] = this.rowCount;
    if (start > this.watchedAt) {
      if (start < this.startAboveWatched) this.startAboveWatched = start;
    } else if (end > this.watchedAt) this.endAroundWatched = end;
  }

  /** Adds a row to the open range, in ascending order; a later one of the same address wins. */
  addRow(at: number, head: number, offsets: number): void {
    const last = this.rowCount - 1;
    if (last >= this.rowFirst[this.rangeCount]!) {
      if (this.at[last] === at) {
        this.head[last] = head;
        this.offsets[last] = offsets;
        return;
      }
      if (this.head[last] === head && this.offsets[last] === offsets) return;
    }
    if (this.rowCount === this.at.length && !this.#growRows()) return;
    this.at[this.rowCount] = at;
    this.head[this.rowCount] = head;
    this.offsets[this.rowCount] = offsets;
    this.rowCount++;
  }

  closeRange(): void {
    this.rowEnd[this.rangeCount] = this.rowCount;
    // One place stays free for the range that is open.
    if (this.rangeCount + 1 >= UNWIND_LIMITS.ranges) this.isFull = true;
    else this.rangeCount++;
  }

  /** Forgets the open range and its rows. */
  dropRange(): void {
    this.rowCount = this.rowFirst[this.rangeCount]!;
  }

  /** A range of one rule. */
  addRange(start: number, end: number, head: number, offsets: number): void {
    this.openRange(start, end);
    this.addRow(start, head, offsets);
    this.closeRange();
  }

  #growRows(): boolean {
    if (this.rowCount >= UNWIND_LIMITS.rows) {
      this.isFull = true;
      return false;
    }
    const count = Math.min(this.rowCount * 2, UNWIND_LIMITS.rows);
    this.at = grown(this.at, new Uint32Array(count));
    this.head = grown(this.head, new Uint16Array(count));
    this.offsets = grown(this.offsets, new Uint32Array(count));
    return true;
  }

  #growRanges(): void {
    const count = Math.min(this.rangeCount * 2, UNWIND_LIMITS.ranges);
    this.start = grown(this.start, new Uint32Array(count));
    this.end = grown(this.end, new Uint32Array(count));
    this.rowFirst = grown(this.rowFirst, new Uint32Array(count));
    this.rowEnd = grown(this.rowEnd, new Uint32Array(count));
  }
}

function grown<T extends Uint16Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
