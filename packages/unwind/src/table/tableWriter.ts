// SPDX-License-Identifier: Apache-2.0
// Ascending rules → the table's bytes: equal neighbours merged, each page complete in itself.
import { crc32 } from 'node:zlib';
import {
  HEADER,
  HEADER_BYTES,
  PAGE_BYTES,
  PAGE_ENTRY_BYTES,
  PAGE_SHIFT,
  ROW_BYTES,
  TABLE_MAGIC,
} from './layout.ts';
import { NONE_HEAD } from './rowColumns.ts';
import type { SideRules } from './sideRules.ts';

/** Takes rules by ascending address; {@link finish} gives the bytes. */
export class TableWriter {
  #rowCount = 0;
  #rows: Uint32Array;
  readonly #pageFirst: Uint32Array;
  readonly #pageRows: Uint16Array;
  /** The page that rows are added to. */
  #page = 0;
  #head: number = NONE_HEAD;
  #offsets = 0;

  /** @param pageCount pages of the table; rules beyond them are left out */
  constructor(pageCount: number, expectedRows: number) {
    this.#rows = new Uint32Array(2 * (expectedRows + pageCount) + 2);
    this.#pageFirst = new Uint32Array(pageCount);
    this.#pageRows = new Uint16Array(pageCount);
  }

  /** From `at` on this rule holds. Addresses must not descend; the last of equal ones holds. */
  add(at: number, head: number, offsets: number): void {
    if (head === this.#head && offsets === this.#offsets) return;
    const page = at >>> PAGE_SHIFT;
    if (page >= this.#pageFirst.length) return;
    this.#openPage(page);
    const pageOffset = at & (PAGE_BYTES - 1);
    if (pageOffset !== 0 && this.#pageRows[page] === 0) this.#append(0);
    this.#head = head;
    this.#offsets = offsets;
    this.#append(pageOffset);
  }

  /** Fills the pages up to this one with the rule that holds. */
  #openPage(page: number): void {
    while (this.#page < page) {
      if (this.#pageRows[this.#page] === 0 && this.#head !== NONE_HEAD) this.#append(0);
      this.#page++;
    }
  }

  #append(pageOffset: number): void {
    const page = this.#page;
    let i = 2 * this.#rowCount;
    const pageRows = this.#pageRows[page]!;
    const isSameAddress = pageRows > 0 && (this.#rows[i - 2]! & 0xffff) === pageOffset;
    if (isSameAddress) i -= 2;
    else {
      if (pageRows === 0) this.#pageFirst[page] = this.#rowCount;
      this.#pageRows[page] = pageRows + 1;
      this.#rowCount++;
      if (i + 2 > this.#rows.length) this.#grow();
    }
    this.#rows[i] = (pageOffset | (this.#head << 16)) >>> 0;
    this.#rows[i + 1] = this.#offsets;
  }

  #grow(): void {
    const rows = new Uint32Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
  }

  /** @param endAt where the last rule ends */
  finish(endAt: number, machine: number, baseVaddr: bigint, side: SideRules): Uint8Array {
    this.add(endAt, NONE_HEAD, 0);
    this.#openPage(this.#pageFirst.length);
    const pageCount = this.#usedPages();
    const rowsAt = HEADER_BYTES + pageCount * PAGE_ENTRY_BYTES;
    const sideAt = rowsAt + this.#rowCount * ROW_BYTES;
    const bytes = new Uint8Array(sideAt + side.bytes.length);
    const view = new DataView(bytes.buffer);
    bytes.set(TABLE_MAGIC, 0);
    view.setUint32(HEADER.machine, machine, true);
    view.setBigUint64(HEADER.baseVaddr, baseVaddr, true);
    view.setUint32(HEADER.pageCount, pageCount, true);
    view.setUint32(HEADER.rowCount, this.#rowCount, true);
    view.setUint32(HEADER.sideCount, side.count, true);
    const pages = new Uint32Array(bytes.buffer, HEADER_BYTES, 2 * pageCount);
    for (let page = 0; page < pageCount; page++) {
      pages[2 * page] = this.#pageFirst[page]!;
      pages[2 * page + 1] = this.#pageRows[page]!;
    }
    new Uint32Array(bytes.buffer, rowsAt, 2 * this.#rowCount).set(
      this.#rows.subarray(0, 2 * this.#rowCount),
    );
    bytes.set(side.bytes, sideAt);
    view.setUint32(HEADER.crc32, crc32(bytes.subarray(HEADER_BYTES)), true);
    return bytes;
  }

  #usedPages(): number {
    let count = this.#pageFirst.length;
    while (count > 0 && this.#pageRows[count - 1] === 0) count--;
    return count;
  }
}
