// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../bytes/byteSource.ts';
import { decodeRange } from '../bytes/surrogateEscape.ts';
import { LIMITS } from '../limits.ts';

/** A table up to this size is read at once; of a larger one, a window around what is asked. */
const WHOLE_TABLE_BYTES = 16_384;
const WINDOW_BYTES = 512;
const SHORT_BYTES = 64;
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
    if (this.#known.has(index)) return this.#known.get(index);
    const text = this.#read(index);
    if (this.#known.size < LIMITS.cachedStrings) this.#known.set(index, text);
    return text;
  }

  #read(index: number): string | undefined {
    if (!(index >= 0) || index >= this.sizeBytes || index >= this.#endlessFrom) return undefined;
    if (this.#budgetBytes <= 0) return undefined;
    const longest = Math.min(this.sizeBytes - index, LIMITS.stringBytes, this.#budgetBytes);
    const text = this.#short(index, longest) ?? this.#search(index, longest);
    if (text === undefined) {
      // The search costs more than a string of that length: else a table without any zero byte
      // would be searched to its end for each of its names. Megabytes without an end are no name.
      this.#budgetBytes -= ENDLESS_COST * longest;
      if (index + longest >= this.sizeBytes) this.#endlessFrom = index;
    }
    return text;
  }

  /** Nearly every name: short, plain and inside the window; one loop instead of two calls. */
  #short(index: number, longest: number): string | undefined {
    const window = this.#window;
    const start = index - this.#windowStart;
    if (start < 0) return undefined;
    const end = Math.min(start + Math.min(longest, SHORT_BYTES), window.length);
    for (let i = start; i < end; i++) {
      const byte = window[i]!;
      if (byte >= 0x80) return undefined;
      if (byte !== 0) continue;
      this.#budgetBytes -= i - start + 1;
      return window.toString('latin1', start, i);
    }
    return undefined;
  }

  #search(index: number, longest: number): string | undefined {
    if (index < this.#windowStart || index >= this.#windowStart + this.#window.length) {
      this.#load(index);
    }
    for (let wanted = WINDOW_BYTES; ; wanted *= 16) {
      const start = index - this.#windowStart;
      const end = this.#window.indexOf(0, start);
      if (end >= 0) return end - start < longest ? this.#take(start, end) : undefined;
      if (this.#window.length - start >= longest) return undefined;
      // The string goes on behind the window: move the window to it, and make it larger each time.
      const lengthBytes = Math.min(longest, wanted);
      this.#window = this.#source.read(this.fileOffset + index, lengthBytes);
      this.#windowStart = index;
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
  }
}
