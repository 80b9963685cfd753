// SPDX-License-Identifier: Apache-2.0
import type { ElfFile } from '@otelkit/core';
import { readRange } from '../build/readRange.ts';

const WINDOW_BYTES = 1_048_576;
const EMPTY = new Uint8Array(0);

/** Instructions by address, for readers that go upwards: large pieces, one at a time. */
export class TextWindow {
  bytes: Uint8Array = EMPTY;
  /** vaddr of `bytes`. */
  start = 0;
  readonly #elf: ElfFile;

  constructor(elf: ElfFile) {
    this.#elf = elf;
  }

  /**
   * Index in {@link bytes} of this address, such that `sizeBytes` bytes follow it; -1 where the file
   * does not hold them.
   */
  at(vaddr: number, sizeBytes: number): number {
    const index = vaddr - this.start;
    if (index >= 0 && index + sizeBytes <= this.bytes.length) return index;
    const range = this.#elf.vaddrToFileRange(BigInt(vaddr));
    if (range === undefined || range.sizeBytes < sizeBytes) return -1;
    const wanted = Math.min(range.sizeBytes, Math.max(WINDOW_BYTES, sizeBytes));
    this.bytes = readRange(this.#elf.source, range.fileOffset, wanted);
    this.start = vaddr;
    return this.bytes.length >= sizeBytes ? 0 : -1;
  }
}
