// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';

const FIRST_SLOTS = 4_096;

/**
 * 128 bits that tell two things apart: the start of SHA-256, so that no sender can make two stacks
 * look equal.
 */
export function identityOf(content: string | Uint8Array): Buffer {
  return hash('sha256', content, 'buffer').subarray(0, 16);
}

/** Numbers of 128-bit identities, in 20 bytes each: open addressing over typed arrays. */
export class IdentityTable {
  #keys = new Uint32Array(4 * FIRST_SLOTS);
  /** Number + 1; 0 for an empty slot. */
  #numbers = new Uint32Array(FIRST_SLOTS);
  #mask = FIRST_SLOTS - 1;
  size = 0;

  /** The number of an identity, -1 where it is not known. */
  get(identity: Buffer): number {
    const slot = this.#slotOf(identity.readUInt32LE(0), identity.readUInt32LE(4), identity);
    return this.#numbers[slot]! - 1;
  }

  set(identity: Buffer, number: number): void {
    if (2 * this.size >= this.#numbers.length) this.#grow();
    const slot = this.#slotOf(identity.readUInt32LE(0), identity.readUInt32LE(4), identity);
    if (this.#numbers[slot] === 0) {
      this.size++;
      for (let i = 0; i < 4; i++) this.#keys[4 * slot + i] = identity.readUInt32LE(4 * i);
    }
    this.#numbers[slot] = number + 1;
  }

  clear(): void {
    this.#keys = new Uint32Array(4 * FIRST_SLOTS);
    this.#numbers = new Uint32Array(FIRST_SLOTS);
    this.#mask = FIRST_SLOTS - 1;
    this.size = 0;
  }

  #slotOf(first: number, second: number, identity: Buffer): number {
    const third = identity.readUInt32LE(8);
    const fourth = identity.readUInt32LE(12);
    const keys = this.#keys;
    for (let slot = first & this.#mask; ; slot = (slot + 1) & this.#mask) {
      if (this.#numbers[slot] === 0) return slot;
      const at = 4 * slot;
      const isSame =
        keys[at] === first &&
        keys[at + 1] === second &&
        keys[at + 2] === third &&
        keys[at + 3] === fourth;
      if (isSame) return slot;
    }
  }

  #grow(): void {
    const [keys, numbers] = [this.#keys, this.#numbers];
    const slots = 2 * numbers.length;
    this.#keys = new Uint32Array(4 * slots);
    this.#numbers = new Uint32Array(slots);
    this.#mask = slots - 1;
    for (let from = 0; from < numbers.length; from++) {
      if (numbers[from] === 0) continue;
      let slot = keys[4 * from]! & this.#mask;
      while (this.#numbers[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#numbers[slot] = numbers[from]!;
      this.#keys.set(keys.subarray(4 * from, 4 * from + 4), 4 * slot);
    }
  }
}
