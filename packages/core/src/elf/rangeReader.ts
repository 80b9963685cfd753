// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../bytes/byteSource.ts';
import type { Endian } from '../bytes/endian.ts';
import type { FileRange } from './types.ts';

const NOTHING = new DataView(new ArrayBuffer(0));
const WINDOW_BYTES = 2_048;

/**
 * Numbers out of a range of a file, through a window that moves: no view of its own for each
 * structure. Ask {@link has} first, then read within what it answered for.
 */
export class RangeReader {
  readonly range: FileRange;
  readonly #source: ByteSource;
  readonly #isLittle: boolean;
  #window: DataView = NOTHING;
  #start = 0;

  constructor(source: ByteSource, endian: Endian, range: FileRange) {
    this.#source = source;
    this.#isLittle = endian.name === 'LE';
    this.range = range;
  }

  /** True when the range and the file hold `length` (at most 2 KiB) bytes at `at`. */
  has(at: number, length: number): boolean {
    if (at + length > this.range.sizeBytes) return false;
    if (at >= this.#start && at + length <= this.#start + this.#window.byteLength) return true;
    const wanted = Math.min(WINDOW_BYTES, this.range.sizeBytes - at);
    const bytes = this.#source.read(this.range.fileOffset + at, wanted);
    this.#window = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#start = at;
    return bytes.length >= length;
  }

  u16(at: number): number {
    return this.#window.getUint16(at - this.#start, this.#isLittle);
  }

  u32(at: number): number {
    return this.#window.getUint32(at - this.#start, this.#isLittle);
  }
}
