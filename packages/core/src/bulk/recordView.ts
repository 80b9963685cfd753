// SPDX-License-Identifier: Apache-2.0
import { RECORD_WORDS } from './layout.ts';

/** The record of the file that was read last; its strings stand in the module's memory. */
export class RecordView {
  readonly #memory: Buffer;
  readonly #words: Uint32Array;

  constructor(memory: Buffer, recordAt: number) {
    this.#memory = memory;
    this.#words = new Uint32Array(memory.buffer, recordAt, RECORD_WORDS);
  }

  word(field: number): number {
    return this.#words[field]!;
  }

  has(field: number): boolean {
    return this.#words[field] !== 0;
  }

  /** Plain ASCII, as the module has checked; null where there is none. */
  text(field: number): string | null {
    const at = this.#words[field]!;
    if (at === 0) return null;
    return this.#memory.toString('latin1', at, at + this.#words[field + 1]!);
  }

  /** Valid until the next file is read. */
  bytes(field: number): Buffer {
    const at = this.#words[field]!;
    return this.#memory.subarray(at, at + this.#words[field + 1]!);
  }

  hexText(field: number): string | null {
    const at = this.#words[field]!;
    if (at === 0) return null;
    return this.#memory.toString('hex', at, at + this.#words[field + 1]!);
  }
}
