// SPDX-License-Identifier: Apache-2.0
// A hash of 128 bits over whole words: a stack of a thousand frames is new a few times a second, and
// hashes that take one byte after the other cost more than all else that is done with it. Four lanes
// that are mixed into one another after each block, and often at the end; seeded, so that nobody can
// choose stacks of one hash.
import { randomBytes } from 'node:crypto';

const [MULTIPLY_1, MULTIPLY_2] = [0x9e3779b1, 0x85ebca77];
const [FINAL_1, FINAL_2] = [0x7feb352d, 0x846ca68b];

const SEED = randomBytes(16);

/** Of one stack after the other. */
export class StackHash {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;
  #blocks = 0;

  /** For a new stack. */
  begin(): void {
    this.#a = SEED.readInt32LE(0);
    this.#b = SEED.readInt32LE(4);
    this.#c = SEED.readInt32LE(8);
    this.#d = SEED.readInt32LE(12);
    this.#blocks = 0;
  }

  /** Words of 32 bits. */
  add(a: number, b: number, c: number, d: number): void {
    this.#a = Math.imul(rotated(this.#a ^ mixed(a), 13) + this.#b, MULTIPLY_1);
    this.#b = Math.imul(rotated(this.#b ^ mixed(b), 15) + this.#c, MULTIPLY_2);
    this.#c = Math.imul(rotated(this.#c ^ mixed(c), 17) + this.#d, MULTIPLY_1);
    this.#d = Math.imul(rotated(this.#d ^ mixed(d), 19) + this.#a, MULTIPLY_2);
    this.#blocks++;
  }

  /** As a key: 128 bits in eight characters. */
  key(): string {
    for (let round = 0; round < 2; round++) {
      this.#a = final(this.#a + this.#d + this.#blocks);
      this.#b = final(this.#b + this.#a);
      this.#c = final(this.#c + this.#b);
      this.#d = final(this.#d + this.#c);
    }
    const [a, b, c, d] = [this.#a, this.#b, this.#c, this.#d];
    return String.fromCharCode(
      a & 0xffff,
      a >>> 16,
      b & 0xffff,
      b >>> 16,
      c & 0xffff,
      c >>> 16,
      d & 0xffff,
      d >>> 16,
    );
  }
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function mixed(word: number): number {
  return Math.imul(rotated(Math.imul(word, MULTIPLY_2), 16), MULTIPLY_1);
}

function final(word: number): number {
  let mix = Math.imul(word ^ (word >>> 16), FINAL_1);
  mix = Math.imul(mix ^ (mix >>> 15), FINAL_2);
  return mix ^ (mix >>> 16);
}
