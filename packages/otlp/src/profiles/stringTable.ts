// SPDX-License-Identifier: Apache-2.0
import { uints } from '../columns/growingColumn.ts';

/**
 * The strings of a dictionary where they lie in the request: most are known to who receives them,
 * by their bytes, and are never made into texts.
 */
export class OtlpStringTable {
  /** Of the request. */
  readonly bytes: Buffer;
  readonly #starts = uints();
  readonly #ends = uints();
  readonly #texts: (string | undefined)[] = [];

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#starts.length;
  }

  /** Adds the string at these bytes. */
  add(start: number, end: number): void {
    this.#starts.push(start);
    this.#ends.push(end);
  }

  /** @param index below `length` */
  startOf(index: number): number {
    return this.#starts.at(index);
  }

  endOf(index: number): number {
    return this.#ends.at(index);
  }

  /** Undefined beyond the table; malformed UTF-8 becomes U+FFFD. */
  at(index: number): string | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    const known = this.#texts[index];
    if (known !== undefined) return known;
    const text = this.bytes.toString('utf8', this.#starts.at(index), this.#ends.at(index));
    this.#texts[index] = text;
    return text;
  }
}
