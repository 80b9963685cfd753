// SPDX-License-Identifier: Apache-2.0
import { isAscii } from 'node:buffer';
import type { ByteSource } from '../bytes/byteSource.ts';
import { decodeRange } from '../bytes/surrogateEscape.ts';
import { LIMITS } from '../limits.ts';

/** A table up to this size is read at once; of a larger one, a window around what is asked. */
const WHOLE_TABLE_BYTES = 16_384;
const WINDOW_BYTES = 512;
/** Shorter strings are copied out of a text; longer ones would keep all of it alive. */
const COPIED_LENGTH = 12;
const ENDLESS_COST = 4;
const EMPTY = Buffer.alloc(0);

/**
 * A string table (gABI chapter 4). Strings are read as they are asked for; the same index gives
 * the same string without a second read, and everything read from one table is bounded.
 */
export class StringTable {
  readonly fileOffset: number;
  readonly sizeBytes: number;
  readonly #source: ByteSource;
  readonly #known = new Map<number, string | undefined>();
  #window: Buffer = EMPTY;
  #windowStart = 0;
  /** The window as text where it is plain ASCII and small; else empty. */
  #text = '';
  #budgetBytes: number = LIMITS.stringTableBytes;
  /** No string that starts here or later ends inside the table. */
  #endlessFrom = Number.POSITIVE_INFINITY;

  constructor(source: ByteSource, fileOffset: number, sizeBytes: number) {
    this.#source = source;
    this.fileOffset = fileOffset;
    const room = Math.max(0, source.sizeBytes - fileOffset);
    this.sizeBytes = Math.min(sizeBytes, room);
  }

  /**
   * The string at `index`, or undefined when the index lies outside the table, the string is not
   * terminated inside it, or the budget of the table is spent.
   */
  at(index: number): string | undefined {
    const known = this.#known.get(index);
    if (known !== undefined || this.#known.has(index)) return known;
    const text = this.#read(index);
    if (this.#known.size < LIMITS.cachedStrings) this.#known.set(index, text);
    return text;
  }

  #read(index: number): string | undefined {
    if (!(index >= 0) || index >= this.sizeBytes || index >= this.#endlessFrom) return undefined;
    if (this.#budgetBytes <= 0) return undefined;
    const longest = Math.min(this.sizeBytes - index, LIMITS.stringBytes, this.#budgetBytes);
    if (index < this.#windowStart || index >= this.#windowStart + this.#window.length) {
      this.#load(index);
    }
    const text = this.#short(index, longest) ?? this.#search(index, longest);
    if (text === undefined) {
      // The search costs more than a string of that length: else a table without any zero byte
      // would be searched to its end for each of its names. Megabytes without an end are no name.
      this.#budgetBytes -= ENDLESS_COST * longest;
      if (index + longest >= this.sizeBytes) this.#endlessFrom = index;
    }
    return text;
  }

  /** Nearly every name: plain and inside the window. */
  #short(index: number, longest: number): string | undefined {
    const start = index - this.#windowStart;
    const end = this.#text.indexOf('\0', start);
    if (end < 0 || end - start >= longest) return undefined;
    this.#budgetBytes -= end - start + 1;
    if (end - start <= COPIED_LENGTH) return this.#text.slice(start, end);
    return this.#window.toString('latin1', start, end);
  }

  #search(index: number, longest: number): string | undefined {
    for (let wanted = WINDOW_BYTES; ; wanted *= 16) {
      const start = index - this.#windowStart;
      const end = this.#window.indexOf(0, start);
      if (end >= 0) return end - start < longest ? this.#take(start, end) : undefined;
      if (this.#window.length - start >= longest) return undefined;
      // The string goes on behind the window: move the window to it, and make it larger each time.
      const lengthBytes = Math.min(longest, wanted);
      this.#window = this.#source.read(this.fileOffset + index, lengthBytes);
      this.#windowStart = index;
      this.#text = '';
      if (this.#window.length < lengthBytes) return undefined;
    }
  }

  #take(start: number, end: number): string {
    this.#budgetBytes -= end - start + 1;
    return decodeRange(this.#window, start, end);
  }

  #load(index: number): void {
    const isSmall = this.sizeBytes <= WHOLE_TABLE_BYTES;
    this.#windowStart = isSmall ? 0 : index;
    const wanted = isSmall ? this.sizeBytes : Math.min(this.sizeBytes - index, WINDOW_BYTES);
    this.#window = this.#source.read(this.fileOffset + this.#windowStart, wanted);
    this.#text = isAscii(this.#window) ? this.#window.toString('latin1') : '';
  }
}
