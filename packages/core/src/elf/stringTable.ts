// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../bytes/byteSource.ts';
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { LIMITS } from '../limits.ts';

const FIRST_PIECE_BYTES = 256;

/**
 * A string table (gABI chapter 4). Strings are read as they are asked for; the same index gives
 * the same string without a second read, and everything read from one table is bounded.
 */
export class StringTable {
  readonly fileOffset: number;
  readonly sizeBytes: number;
  readonly #source: ByteSource;
  readonly #known = new Map<number, string | undefined>();
  #budgetBytes: number = LIMITS.stringTableBytes;

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
    if (!(index >= 0) || index >= this.sizeBytes || this.#budgetBytes <= 0) return undefined;
    const longest = Math.min(this.sizeBytes - index, LIMITS.stringBytes, this.#budgetBytes);
    let wanted = Math.min(longest, FIRST_PIECE_BYTES);
    for (;;) {
      const bytes = this.#source.read(this.fileOffset + index, wanted);
      const end = bytes.indexOf(0);
      if (end >= 0) {
        this.#budgetBytes -= end + 1;
        return decodeBytes(bytes.subarray(0, end));
      }
      if (wanted >= longest || bytes.length < wanted) return undefined;
      wanted = Math.min(longest, wanted * 16);
    }
  }
}
