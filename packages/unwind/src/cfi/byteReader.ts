// SPDX-License-Identifier: Apache-2.0
// A cursor over one section. Reading past `end` gives zeros and sets `isCut`, so that the callers'
// loops stay free of checks: they ask once, at the end.
import { UNWIND_LIMITS } from '../limits.ts';

const TWO_32 = 4_294_967_296;
/** Larger numbers are of no use here and would lose digits. */
const HIGHEST_WORD = 0x1fffff;

export class ByteReader {
  readonly bytes: Uint8Array;
  at = 0;
  end: number;
  isCut = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  u8(): number {
    if (this.at >= this.end) return this.#cut();
    return this.bytes[this.at++]!;
  }

  u16(): number {
    const { bytes, at } = this;
    if (at + 2 > this.end) return this.#cut();
    this.at = at + 2;
    return bytes[at]! | (bytes[at + 1]! << 8);
  }

  u32(): number {
    const { bytes, at } = this;
    if (at + 4 > this.end) return this.#cut();
    this.at = at + 4;
    return (
      (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
    );
  }

  /** NaN where a double cannot hold it. */
  u64(): number {
    const low = this.u32();
    const high = this.u32();
    return high > HIGHEST_WORD ? Number.NaN : high * TWO_32 + low;
  }

  s64(): number {
    const low = this.u32();
    const high = this.u32() | 0;
    return high > HIGHEST_WORD || high < -HIGHEST_WORD ? Number.NaN : high * TWO_32 + low;
  }

  /** Unsigned LEB128 (DWARF 5 section 7.6); NaN beyond 2^53. */
  uleb(): number {
    const first = this.u8();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let scale = 128;
    for (let i = 1; i < UNWIND_LIMITS.leb128Bytes; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : Number.NaN;
      scale *= 128;
    }
    return Number.NaN;
  }

  sleb(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < UNWIND_LIMITS.leb128Bytes; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        if ((byte & 0x40) !== 0) value -= scale;
        return Number.isSafeInteger(value) ? value : Number.NaN;
      }
    }
    return Number.NaN;
  }

  skip(count: number): void {
    if (!(count >= 0) || count > this.end - this.at) this.#cut();
    else this.at += count;
  }

  #cut(): number {
    this.isCut = true;
    this.at = this.end;
    return 0;
  }
}
