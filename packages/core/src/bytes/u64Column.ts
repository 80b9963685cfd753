// SPDX-License-Identifier: Apache-2.0

/** Which of two 32-bit words of a 64-bit number stands first on the machine that runs this. */
export const HOST_LOW: number = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;
export const HOST_HIGH: number = 1 - HOST_LOW;

/**
 * A column of unsigned 64-bit numbers. `words` and `wide` are two views of the same memory: loops
 * use 32-bit words, which are plain numbers; a BigInt is made only for a value that leaves. Loops
 * over whole tables index `words` themselves: most tables are read before the compiler optimises.
 */
export class U64Column {
  readonly words: Uint32Array;
  readonly wide: BigUint64Array;

  constructor(count: number) {
    const buffer = new ArrayBuffer(count * 8);
    this.words = new Uint32Array(buffer);
    this.wide = new BigUint64Array(buffer);
  }

  set(index: number, high: number, low: number): void {
    this.words[2 * index + HOST_HIGH] = high;
    this.words[2 * index + HOST_LOW] = low;
  }

  high(index: number): number {
    return this.words[2 * index + HOST_HIGH]!;
  }

  low(index: number): number {
    return this.words[2 * index + HOST_LOW]!;
  }

  at(index: number): bigint {
    return this.wide[index]!;
  }

  /** As a double: exact up to 2^53. */
  asNumber(index: number): number {
    return this.high(index) * 4294967296 + this.low(index);
  }
}
