// SPDX-License-Identifier: Apache-2.0
// Reads a table back, trusting nothing of it: it may come from a cache that was damaged.
import { crc32 } from 'node:zlib';
import {
  CFA,
  checkHeader,
  HEADER,
  HEADER_BYTES,
  PAGE_BYTES,
  PAGE_ENTRY_BYTES,
  RA_SAVED,
  RBX_SAVED,
  ROW_BYTES,
  SIDE_RULE_BYTES,
} from './layout.ts';
import { NONE_HEAD } from './rowColumns.ts';
import type { SideRule } from './sideRules.ts';

const ROWS_PER_PAGE = 1_024;

/** A table that was checked; look-ups allocate nothing. */
export class TableReader {
  readonly machine: number;
  readonly baseVaddr: bigint;
  readonly pageCount: number;
  readonly rowCount: number;
  readonly sideCount: number;
  /** `head` and `offsets` of the rule that {@link find} found. */
  head: number = NONE_HEAD;
  offsets = 0;
  readonly #view: DataView;
  readonly #base: number;
  readonly #rowsAt: number;
  readonly #sideAt: number;

  /** Use {@link openTable}, which checks the bytes first. */
  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.machine = this.#view.getUint32(HEADER.machine, true);
    this.baseVaddr = this.#view.getBigUint64(HEADER.baseVaddr, true);
    this.pageCount = this.#view.getUint32(HEADER.pageCount, true);
    this.rowCount = this.#view.getUint32(HEADER.rowCount, true);
    this.sideCount = this.#view.getUint32(HEADER.sideCount, true);
    this.#base = Number(this.baseVaddr);
    this.#rowsAt = HEADER_BYTES + this.pageCount * PAGE_ENTRY_BYTES;
    this.#sideAt = this.#rowsAt + this.rowCount * ROW_BYTES;
  }

  /** The rule of an address into `head` and `offsets`; false (and NONE) where there is none. */
  find(vaddr: number): boolean {
    this.head = NONE_HEAD;
    this.offsets = 0;
    const distance = vaddr - this.#base;
    const page = Math.floor(distance / PAGE_BYTES);
    if (!(page >= 0 && page < this.pageCount)) return false;
    const entryAt = HEADER_BYTES + page * PAGE_ENTRY_BYTES;
    const firstAt = this.#rowsAt + this.#view.getUint32(entryAt, true) * ROW_BYTES;
    const count = this.#view.getUint16(entryAt + 4, true);
    if (count === 0) return false;
    const pageOffset = distance - page * PAGE_BYTES;
    let low = 0;
    let high = count;
    // Invariant: row low is not above the address, row high is.
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#view.getUint16(firstAt + middle * ROW_BYTES, true) <= pageOffset) low = middle;
      else high = middle;
    }
    const at = firstAt + low * ROW_BYTES;
    this.head = this.#view.getUint16(at + 2, true);
    this.offsets = this.#view.getUint32(at + 4, true);
    return this.head !== NONE_HEAD;
  }

  get cfaKind(): number {
    return this.head & 0xff;
  }
  get fpSaved(): number {
    return (this.head >>> 8) & 0x0f;
  }
  get raSaved(): number {
    const nibble = this.head >>> 12;
    return nibble < RBX_SAVED.LEAST ? nibble : RA_SAVED.DEFAULT;
  }
  /** Where the caller's rbx is, on x86_64: see {@link RBX_SAVED}; 0 where it is unchanged. */
  get rbxSaved(): number {
    const nibble = this.head >>> 12;
    return nibble < RBX_SAVED.LEAST ? 0 : nibble;
  }
  get cfaOffset(): number {
    return (this.offsets << 16) >> 16;
  }
  get fpOffset(): number {
    return this.offsets >> 16;
  }

  /** The side rule that a row of kind SIDE names by its cfaOffset; undefined beyond the table. */
  sideRule(number: number): SideRule | undefined {
    if (!(number >= 0 && number < this.sideCount)) return undefined;
    const at = this.#sideAt + number * SIDE_RULE_BYTES;
    const view = this.#view;
    return {
      cfaOffset: view.getInt32(at, true),
      fpOffset: view.getInt32(at + 4, true),
      raOffset: view.getInt32(at + 8, true),
      cfaAdd: view.getInt32(at + 12, true),
      cfaRegister: view.getUint8(at + 16),
      cfaDeref: view.getUint8(at + 17),
      fpKind: view.getUint8(at + 18),
      raKind: view.getUint8(at + 19),
      raRegister: view.getUint8(at + 20),
    };
  }
}

/** Checks a table whole; says in one sentence what is wrong with it otherwise. */
export function openTable(bytes: Uint8Array): TableReader | string {
  const problem = checkHeader(bytes);
  if (problem !== undefined) return problem;
  const reader = new TableReader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const declared = view.getUint32(HEADER.crc32, true);
  const found = crc32(bytes.subarray(HEADER_BYTES));
  if (found !== declared)
    return `CRC-32 0x${found.toString(16)}, 0x${declared.toString(16)} declared`;
  return checkPages(view, reader) ?? reader;
}

/**
 * A table of our own cache as `readTableFile` gives it: the CRC has been checked, and nobody else
 * writes into that folder. To check the pages of a large one takes longer than to use it.
 */
export function openCachedTable(bytes: Uint8Array): TableReader | undefined {
  return checkHeader(bytes) === undefined ? new TableReader(bytes) : undefined;
}

/** What the CRC does not tell of a table that somebody else wrote. */
function checkPages(view: DataView, reader: TableReader): string | undefined {
  const { pageCount, rowCount, sideCount } = reader;
  const rowsAt = HEADER_BYTES + pageCount * PAGE_ENTRY_BYTES;
  for (let page = 0; page < pageCount; page++) {
    const at = HEADER_BYTES + page * PAGE_ENTRY_BYTES;
    const first = view.getUint32(at, true);
    const count = view.getUint16(at + 4, true);
    if (count === 0) continue;
    if (count > ROWS_PER_PAGE || first + count > rowCount) return `page ${page}: rows out of range`;
    let previous = -1;
    for (let row = first; row < first + count; row++) {
      const rowAt = rowsAt + row * ROW_BYTES;
      const pageOffset = view.getUint16(rowAt, true);
      if (pageOffset <= previous || pageOffset >= PAGE_BYTES || (row === first && pageOffset > 0)) {
        return `page ${page}: rows are not in order`;
      }
      previous = pageOffset;
      const kind = view.getUint8(rowAt + 2);
      if (kind > CFA.SIDE) return `page ${page}: kind ${kind}`;
      if (kind === CFA.SIDE && view.getUint16(rowAt + 4, true) >= sideCount) {
        return `page ${page}: side rule out of range`;
      }
    }
  }
  return undefined;
}
