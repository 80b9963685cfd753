// SPDX-License-Identifier: Apache-2.0

const TOP = 0x1000000;
const MODEL_BITS = 11;
const MODEL_TOTAL = 1 << MODEL_BITS;
const MOVE_BITS = 5;
/** A probability of one half: what every model starts with. */
export const PROBABILITY_INIT: number = MODEL_TOTAL / 2;

/** The adaptive binary range decoder of LZMA. Reading past the end of the input throws. */
export class RangeDecoder {
  #bytes: Buffer;
  #at: number;
  #end: number;
  #range = 0xffffffff;
  #code = 0;

  /** The first byte of a chunk is always 0, four more start the code. */
  constructor(bytes: Buffer, start: number, end: number) {
    if (end - start < 5 || bytes[start] !== 0) throw new Error('range coder does not start with 0');
    this.#bytes = bytes;
    this.#code = bytes.readUInt32BE(start + 1);
    this.#at = start + 5;
    this.#end = end;
  }

  /** True when the chunk was used up to its last byte. */
  get isFinished(): boolean {
    this.#normalize();
    return this.#at === this.#end && this.#code === 0;
  }

  #normalize(): void {
    if (this.#range >= TOP) return;
    if (this.#at >= this.#end) {
      // The encoder flushes five bytes, so that a sound chunk never runs short.
      throw new Error('chunk ends inside a symbol');
    }
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#bytes[this.#at++]!) >>> 0;
  }

  bit(model: Uint16Array, index: number): number {
    this.#normalize();
    const probability = model[index]!;
    const bound = (this.#range >>> MODEL_BITS) * probability;
    if (this.#code < bound) {
      this.#range = bound;
      model[index] = probability + ((MODEL_TOTAL - probability) >> MOVE_BITS);
      return 0;
    }
    this.#range -= bound;
    this.#code -= bound;
    model[index] = probability - (probability >> MOVE_BITS);
    return 1;
  }

  /** A number of `bits` bits, most significant first, with models from `base` on. */
  tree(model: Uint16Array, base: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.bit(model, base + symbol);
    return symbol - (1 << bits);
  }

  /** The same, least significant bit first. */
  reverseTree(model: Uint16Array, base: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(model, base + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  /** Bits of probability one half, most significant first. */
  direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      this.#normalize();
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit === 1) this.#code -= this.#range;
      value = value * 2 + bit;
    }
    return value;
  }
}
