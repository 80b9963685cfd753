// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { type GrowingColumn, uints } from '@otelkit/otlp';

const FIRST_SLOTS = 1_024;
/** In place of the hash of a sequence that is not kept; no hash is. */
const DROPPED = 0;

/**
 * Numbers for sequences of whole numbers (stacks of frames), each kept once: a hash with a secret
 * start over typed arrays, and a comparison, so that different ones never merge. A text a stack
 * would cost more than all that is read of it.
 */
export class SequenceTable {
  /** Sequence i is elements[offsets[i] … offsets[i + 1]). */
  readonly offsets: GrowingColumn<Uint32Array> = uints();
  readonly elements: GrowingColumn<Uint32Array> = uints();
  readonly #seed = randomBytes(4).readInt32LE();
  /** Number + 1; 0 for an empty slot. */
  #slots = new Uint32Array(FIRST_SLOTS);
  readonly #hashes = uints();
  /** Sequences below it are not looked for. */
  #forgotten = 0;
  readonly #mostKnown: number;

  /** @param mostKnown where more come, all are forgotten */
  constructor(mostKnown: number = Number.POSITIVE_INFINITY) {
    this.#mostKnown = mostKnown;
    this.offsets.push(0);
  }

  get count(): number {
    return this.offsets.length - 1;
  }

  /** The number of this sequence, a new one where it was not seen before. */
  of(sequence: ArrayLike<number>): number {
    if (this.count - this.#forgotten >= this.#mostKnown) this.forget();
    const hash = this.#hashOf(sequence);
    const slot = this.#slotOf(sequence, hash);
    const known = this.#slots[slot]! - 1;
    return known >= 0 ? known : this.#keep(sequence, hash, slot);
  }

  /** Gives the next number to a sequence, even where it has one: the first one is what is found. */
  add(sequence: ArrayLike<number>): number {
    const hash = this.#hashOf(sequence);
    const slot = this.#slotOf(sequence, hash);
    const isKnown = this.#slots[slot] !== 0;
    return isKnown ? this.#append(sequence, hash) : this.#keep(sequence, hash, slot);
  }

  /** Knows none of them any more: each that comes again gets a new number. */
  forget(): void {
    this.#forgotten = this.count;
    this.#slots = new Uint32Array(FIRST_SLOTS);
  }

  /**
   * Empties those that are not kept: each that comes again gets a new number.
   * @returns numbers of what was there and is gone
   */
  retain(isKept: (number: number) => boolean): Uint32Array {
    const gone = uints();
    const [offsets, elements] = [this.offsets.view(), this.elements.view()];
    let length = 0;
    for (let number = 0, from = 0; number < this.count; number++) {
      const end = offsets[number + 1]!;
      if (isKept(number)) {
        elements.copyWithin(length, from, end);
        length += end - from;
      } else if (end > from) {
        this.#hashes.view()[number] = DROPPED;
        gone.push(number);
      }
      from = end;
      offsets[number + 1] = length;
    }
    this.elements.length = length;
    this.#index(new Uint32Array(this.#slots.length));
    return gone.view();
  }

  /** The slot of a sequence, or the empty one that it may have. */
  #slotOf(sequence: ArrayLike<number>, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = slots[slot]! - 1;
      if (number < 0) return slot;
      if (this.#hashes.at(number) === hash && this.#isEqual(number, sequence)) return slot;
    }
  }

  #keep(sequence: ArrayLike<number>, hash: number, slot: number): number {
    const number = this.#append(sequence, hash);
    this.#slots[slot] = number + 1;
    if (2 * (this.count - this.#forgotten) > this.#slots.length) this.#grow();
    return number;
  }

  #append(sequence: ArrayLike<number>, hash: number): number {
    for (let i = 0; i < sequence.length; i++) this.elements.push(sequence[i]!);
    this.offsets.push(this.elements.length);
    this.#hashes.push(hash);
    return this.count - 1;
  }

  #hashOf(sequence: ArrayLike<number>): number {
    let hash = this.#seed ^ sequence.length;
    for (let i = 0; i < sequence.length; i++) {
      hash = Math.imul(hash ^ sequence[i]!, 0x9e37_79b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ (hash >>> 13), 0x85eb_ca6b);
    return (hash ^ (hash >>> 16)) >>> 0 || 1;
  }

  #isEqual(number: number, sequence: ArrayLike<number>): boolean {
    const from = this.offsets.at(number);
    if (this.offsets.at(number + 1) - from !== sequence.length) return false;
    for (let i = 0; i < sequence.length; i++) {
      if (this.elements.at(from + i) !== sequence[i]) return false;
    }
    return true;
  }

  #grow(): void {
    this.#index(new Uint32Array(4 * this.#slots.length));
  }

  /** @param slots empty ones */
  #index(slots: Uint32Array<ArrayBuffer>): void {
    const mask = slots.length - 1;
    const hashes = this.#hashes.view();
    for (let number = this.#forgotten; number < hashes.length; number++) {
      if (hashes[number] === DROPPED) continue;
      let slot = hashes[number]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}
