// SPDX-License-Identifier: Apache-2.0
// All steps of a pc-value table ("Go 1.2 Runtime Symbol Table"), one after the other.
import { UNWIND_LIMITS } from '../limits.ts';

/** 32-bit numbers in groups of seven bits. */
const LONGEST_VARINT_BYTES = 5;

export class PcValueReader {
  /** The step: `value` holds from `start` to `end`, bytes from the function's entry. */
  value = -1;
  start = 0;
  end = 0;
  isDamaged = false;
  readonly #bytes: Uint8Array;
  readonly #minLC: number;
  #at = 0;
  #stepsLeft = 0;

  constructor(bytes: Uint8Array, minLC: number) {
    this.#bytes = bytes;
    this.#minLC = minLC;
  }

  open(at: number): void {
    this.#at = at;
    this.value = -1;
    this.start = 0;
    this.end = 0;
    this.isDamaged = at >= this.#bytes.length;
    this.#stepsLeft = UNWIND_LIMITS.pcValueSteps;
  }

  /** Goes to the next step; false at the end of the table, and where it is damaged. */
  next(): boolean {
    if (this.isDamaged) return false;
    const zigzag = this.#varint();
    // A difference of zero ends the table, except in the first step.
    if (zigzag === 0 && this.end > 0) return false;
    const quanta = this.#varint();
    if (quanta <= 0 || --this.#stepsLeft < 0) this.isDamaged = true;
    if (this.isDamaged) return false;
    this.value = (this.value + ((zigzag >>> 1) ^ -(zigzag & 1))) | 0;
    this.start = this.end;
    this.end += quanta * this.#minLC;
    return true;
  }

  #varint(): number {
    const bytes = this.#bytes;
    let result = 0;
    for (let shift = 0; shift < 7 * LONGEST_VARINT_BYTES; shift += 7) {
      if (this.#at >= bytes.length) break;
      const byte = bytes[this.#at++]!;
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result >>> 0;
    }
    this.isDamaged = true;
    return 0;
  }
}
