// SPDX-License-Identifier: Apache-2.0
// LZMA (the decoder of the format's public specification, "LZMA specification.7z"). The output is
// the dictionary: nothing but the output itself is allocated.
import type { OutputBuffer } from './outputBuffer.ts';
import { PROBABILITY_INIT, type RangeDecoder } from './rangeDecoder.ts';

const STATES = 12;
const POSITION_STATES = 16;
const LITERAL_STATES = 7;
const SHORTEST_MATCH = 2;
const LENGTH_MODELS = 2 + 2 * POSITION_STATES * 8 + 256;
const LOW = 2;
const MIDDLE = LOW + POSITION_STATES * 8;
const HIGH = MIDDLE + POSITION_STATES * 8;
const FIRST_MODEL_SLOT = 4;
const END_MODEL_SLOT = 14;
const ALIGN_BITS = 4;
const END_MARKER = 0xffffffff;

/** One LZMA decoder: properties, models and the last four distances live from chunk to chunk. */
export class LzmaDecoder {
  #literalContextBits = 0;
  #literalPositionMask = 0;
  #positionMask = 0;
  #state = 0;
  #rep0 = 0;
  #rep1 = 0;
  #rep2 = 0;
  #rep3 = 0;
  readonly #isMatch = new Uint16Array(STATES * POSITION_STATES);
  readonly #isRep = new Uint16Array(STATES);
  readonly #isRepG0 = new Uint16Array(STATES);
  readonly #isRepG1 = new Uint16Array(STATES);
  readonly #isRepG2 = new Uint16Array(STATES);
  readonly #isRep0Long = new Uint16Array(STATES * POSITION_STATES);
  readonly #slot = new Uint16Array(4 * 64);
  readonly #special = new Uint16Array(128);
  readonly #align = new Uint16Array(1 << ALIGN_BITS);
  readonly #matchLength = new Uint16Array(LENGTH_MODELS);
  readonly #repLength = new Uint16Array(LENGTH_MODELS);
  #literal = new Uint16Array(0);

  /** Takes the properties byte: (pb * 5 + lp) * 9 + lc. */
  setProperties(byte: number): void {
    const lc = byte % 9;
    const lp = Math.floor(byte / 9) % 5;
    const pb = Math.floor(byte / 45);
    if (pb > 4 || lc + lp > 4) throw new Error(`bad LZMA properties ${byte}`);
    this.#literalContextBits = lc;
    this.#literalPositionMask = (1 << lp) - 1;
    this.#positionMask = (1 << pb) - 1;
    this.#literal = new Uint16Array(0x300 << (lc + lp));
  }

  resetState(): void {
    this.#state = 0;
    this.#rep0 = this.#rep1 = this.#rep2 = this.#rep3 = 0;
    for (const model of [
      this.#isMatch,
      this.#isRep,
      this.#isRepG0,
      this.#isRepG1,
      this.#isRepG2,
      this.#isRep0Long,
      this.#slot,
      this.#special,
      this.#align,
      this.#matchLength,
      this.#repLength,
      this.#literal,
    ]) {
      model.fill(PROBABILITY_INIT);
    }
  }

  /** Decodes exactly `lengthBytes` bytes into `output`. */
  decode(coder: RangeDecoder, output: OutputBuffer, lengthBytes: number): void {
    const end = output.length + lengthBytes;
    while (output.length < end) {
      const positionState = output.position & this.#positionMask;
      if (coder.bit(this.#isMatch, this.#state * POSITION_STATES + positionState) === 0) {
        this.#decodeLiteral(coder, output);
        continue;
      }
      const length =
        coder.bit(this.#isRep, this.#state) === 0
          ? this.#decodeMatch(coder, positionState)
          : this.#decodeRep(coder, positionState);
      if (output.length + length > end) throw new Error('match reaches past its chunk');
      output.copyBack(this.#rep0 + 1, length);
    }
  }

  #decodeLiteral(coder: RangeDecoder, output: OutputBuffer): void {
    const before = output.back(1);
    const position = output.position & this.#literalPositionMask;
    const lc = this.#literalContextBits;
    const base = 0x300 * ((position << lc) + (before >> (8 - lc)));
    const model = this.#literal;
    let symbol = 1;
    if (this.#state >= LITERAL_STATES) {
      let match = output.back(this.#rep0 + 1);
      let offset = 0x100;
      while (symbol < 0x100) {
        match <<= 1;
        const matchBit = match & offset;
        const bit = coder.bit(model, base + offset + matchBit + symbol);
        symbol = (symbol << 1) | bit;
        offset = bit === 0 ? offset & ~matchBit : offset & matchBit;
      }
    } else {
      while (symbol < 0x100) symbol = (symbol << 1) | coder.bit(model, base + symbol);
    }
    output.push(symbol & 0xff);
    if (this.#state < 4) this.#state = 0;
    else this.#state -= this.#state < 10 ? 3 : 6;
  }

  #decodeMatch(coder: RangeDecoder, positionState: number): number {
    this.#rep3 = this.#rep2;
    this.#rep2 = this.#rep1;
    this.#rep1 = this.#rep0;
    const length = this.#decodeLength(coder, this.#matchLength, positionState);
    this.#state = this.#state < LITERAL_STATES ? 7 : 10;
    this.#rep0 = this.#decodeDistance(coder, length);
    if (this.#rep0 === END_MARKER) throw new Error('end marker inside a chunk');
    return length;
  }

  #decodeRep(coder: RangeDecoder, positionState: number): number {
    const state = this.#state;
    if (coder.bit(this.#isRepG0, state) === 0) {
      if (coder.bit(this.#isRep0Long, state * POSITION_STATES + positionState) === 0) {
        this.#state = state < LITERAL_STATES ? 9 : 11;
        return 1;
      }
    } else {
      let distance = this.#rep1;
      if (coder.bit(this.#isRepG1, state) === 1) {
        distance = this.#rep2;
        if (coder.bit(this.#isRepG2, state) === 1) {
          distance = this.#rep3;
          this.#rep3 = this.#rep2;
        }
        this.#rep2 = this.#rep1;
      }
      this.#rep1 = this.#rep0;
      this.#rep0 = distance;
    }
    this.#state = state < LITERAL_STATES ? 8 : 11;
    return this.#decodeLength(coder, this.#repLength, positionState);
  }

  #decodeLength(coder: RangeDecoder, model: Uint16Array, positionState: number): number {
    if (coder.bit(model, 0) === 0) {
      return SHORTEST_MATCH + coder.tree(model, LOW + positionState * 8, 3);
    }
    if (coder.bit(model, 1) === 0) {
      return SHORTEST_MATCH + 8 + coder.tree(model, MIDDLE + positionState * 8, 3);
    }
    return SHORTEST_MATCH + 16 + coder.tree(model, HIGH, 8);
  }

  #decodeDistance(coder: RangeDecoder, length: number): number {
    const lengthState = Math.min(length - SHORTEST_MATCH, 3);
    const slot = coder.tree(this.#slot, lengthState * 64, 6);
    if (slot < FIRST_MODEL_SLOT) return slot;
    const bits = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) * 2 ** bits;
    if (slot < END_MODEL_SLOT) {
      return high + coder.reverseTree(this.#special, high - slot, bits);
    }
    const middle = coder.direct(bits - ALIGN_BITS) * (1 << ALIGN_BITS);
    return high + middle + coder.reverseTree(this.#align, 0, ALIGN_BITS);
  }
}
