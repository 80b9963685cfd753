// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';

const SLOTS = 131_072;
/** Of a slot: hash, place in the arena, length, number. */
const WORDS = 4;
const FIRST_BYTES = 65_536;
/** Of all that is remembered; when it is full, all is forgotten. */
const MOST_BYTES = 16_777_216;

/** Numbers of strings that were seen lately, by their bytes. What is forgotten is looked up anew. */
export class ByteStrings {
  readonly #seed = randomBytes(4).readInt32LE();
  #slots: Uint32Array | undefined;
  #arena = new Uint8Array(FIRST_BYTES);
  #used = 0;

  /** -1 where it is not known. */
  find(bytes: Uint8Array, from: number, end: number): number {
    const slots = this.#slots;
    if (slots === undefined) return -1;
    const hash = hashOf(bytes, from, end, this.#seed);
    for (let way = 0; way < 2; way++) {
      const at = slotOf(hash, way);
      if (slots[at] !== hash || slots[at + 2] !== end - from) continue;
      if (this.#isSame(slots[at + 1]!, bytes, from, end)) return slots[at + 3]!;
    }
    return -1;
  }

  /** Takes the place of what was there, if it has to. */
  remember(bytes: Uint8Array, from: number, end: number, number: number): void {
    const slots = this.#roomFor(end - from);
    const hash = hashOf(bytes, from, end, this.#seed);
    let at = slotOf(hash, 0);
    if (slots[at + 2] !== 0 && slots[slotOf(hash, 1) + 2] === 0) at = slotOf(hash, 1);
    slots[at] = hash;
    slots[at + 1] = this.#used;
    slots[at + 2] = end - from;
    slots[at + 3] = number;
    this.#arena.set(bytes.subarray(from, end), this.#used);
    this.#used += end - from;
  }

  #roomFor(length: number): Uint32Array {
    this.#slots ??= new Uint32Array(SLOTS * WORDS);
    if (this.#used + length > MOST_BYTES) {
      this.#slots.fill(0);
      this.#used = 0;
    }
    while (this.#used + length > this.#arena.length) {
      const larger = new Uint8Array(2 * this.#arena.length);
      larger.set(this.#arena);
      this.#arena = larger;
    }
    return this.#slots;
  }

  #isSame(start: number, bytes: Uint8Array, from: number, end: number): boolean {
    const arena = this.#arena;
    for (let i = 0; i < end - from; i++) if (arena[start + i] !== bytes[from + i]) return false;
    return true;
  }
}

function slotOf(hash: number, way: number): number {
  return WORDS * (((hash ^ (hash >>> 15)) & (SLOTS - 1)) ^ way);
}

function hashOf(bytes: Uint8Array, from: number, end: number, seed: number): number {
  let hash = seed ^ (end - from);
  let at = from;
  for (; at + 4 <= end; at += 4) {
    const low = bytes[at]! | (bytes[at + 1]! << 8);
    hash = Math.imul(hash ^ (low | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)), 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x85eb_ca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
