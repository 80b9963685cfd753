// SPDX-License-Identifier: Apache-2.0
// Words of a process's memory as doubles: every user address is exact, and what is larger stays
// larger than any address.

export interface WordReader {
  /** The 64-bit word at `address`; undefined where it cannot be read. */
  word(address: number): number | undefined;
}

const WORD_BYTES = 8;
const TWO_32 = 4_294_967_296;

/** A copy of the top of a stack. */
export class StackCopy implements WordReader {
  readonly start: number;
  readonly #view: DataView;

  /** @param start address of the first byte: the stack pointer */
  constructor(start: number, bytes: Uint8Array) {
    this.start = start;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  word(address: number): number | undefined {
    const at = address - this.start;
    if (!(at >= 0 && at + WORD_BYTES <= this.#view.byteLength)) return undefined;
    return this.#view.getUint32(at + 4, true) * TWO_32 + this.#view.getUint32(at, true);
  }
}

/** Several readers, asked in turn: a stack copy and then the process's own memory. */
export class MemoryChain implements WordReader {
  readonly #readers: readonly WordReader[];

  constructor(readers: readonly WordReader[]) {
    this.#readers = readers;
  }

  word(address: number): number | undefined {
    for (const reader of this.#readers) {
      const word = reader.word(address);
      if (word !== undefined) return word;
    }
    return undefined;
  }
}
