// SPDX-License-Identifier: Apache-2.0

const FIRST_BYTES = 65_536;

/** Output of a decompressor that is its own dictionary; grows up to `mostBytes`, then throws. */
export class OutputBuffer {
  length = 0;
  #bytes: Buffer;
  readonly #mostBytes: number;
  #dictionaryStart = 0;
  #dictionaryBytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
    this.#bytes = Buffer.alloc(Math.min(FIRST_BYTES, mostBytes));
  }

  /** Bytes since the dictionary was last reset. */
  get position(): number {
    return this.length - this.#dictionaryStart;
  }

  /** Forgets what stands before; matches reach back `dictionaryBytes` at most. */
  resetDictionary(dictionaryBytes: number): void {
    this.#dictionaryStart = this.length;
    this.#dictionaryBytes = dictionaryBytes;
  }

  /** The byte `distance` bytes back; 0 before the dictionary's start. */
  back(distance: number): number {
    return distance <= this.position ? this.#bytes[this.length - distance]! : 0;
  }

  push(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = byte;
  }

  append(bytes: Buffer): void {
    this.#reserve(bytes.length);
    this.length += bytes.copy(this.#bytes, this.length);
  }

  /** Repeats what stands `distance` bytes back; the copy may overlap itself. */
  copyBack(distance: number, lengthBytes: number): void {
    if (distance > this.position || distance > this.#dictionaryBytes) {
      throw new Error('match reaches before the dictionary');
    }
    this.#reserve(lengthBytes);
    const bytes = this.#bytes;
    let to = this.length;
    for (let i = 0; i < lengthBytes; i++, to++) bytes[to] = bytes[to - distance]!;
    this.length = to;
  }

  /** The bytes from `start` on: a view that is valid until more are added. */
  since(start: number): Buffer {
    return this.#bytes.subarray(start, this.length);
  }

  #reserve(lengthBytes: number): void {
    const wanted = this.length + lengthBytes;
    if (wanted <= this.#bytes.length) return;
    if (wanted > this.#mostBytes) {
      throw new Error(`larger than the ${this.#mostBytes} bytes allowed`);
    }
    const size = Math.min(this.#mostBytes, Math.max(wanted, 2 * this.#bytes.length));
    const larger = Buffer.alloc(size);
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}
