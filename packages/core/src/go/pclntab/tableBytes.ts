// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../../bytes/byteSource.ts';
import type { Endian } from '../../bytes/endian.ts';
import { decodeBytes } from '../../bytes/surrogateEscape.ts';
import { GO_LIMITS } from '../limits.ts';

const EMPTY = Buffer.alloc(0);
const WINDOW = GO_LIMITS.tableWindowBytes;
const FIRST_PIECE_BYTES = 256;

/**
 * One table of a file, read in large windows of which the latest are kept: look-ups touch many
 * places of a table of tens of megabytes, most of them close to each other.
 */
export class TableBytes {
  readonly sizeBytes: number;
  readonly endian: Endian;
  readonly #source: ByteSource;
  readonly #fileOffset: number;
  readonly #windows = new Map<number, Buffer>();
  #lastIndex = -1;
  #last: Buffer = EMPTY;

  constructor(source: ByteSource, endian: Endian, fileOffset: number, sizeBytes: number) {
    this.#source = source;
    this.endian = endian;
    this.#fileOffset = fileOffset;
    this.sizeBytes = Math.max(0, Math.min(sizeBytes, source.sizeBytes - fileOffset));
  }

  /** The bytes from `at`, fewer at the end of the table, none outside. Valid until the next call. */
  read(at: number, lengthBytes: number): Buffer {
    if (!(at >= 0) || at >= this.sizeBytes || !(lengthBytes > 0)) return EMPTY;
    const length = Math.min(lengthBytes, this.sizeBytes - at);
    const index = Math.floor(at / WINDOW);
    const from = at - index * WINDOW;
    if (from + length > WINDOW) return this.#source.read(this.#fileOffset + at, length);
    return this.#window(index).subarray(from, from + length);
  }

  /** undefined outside the table. */
  u32(at: number): number | undefined {
    const bytes = this.read(at, 4);
    return bytes.length < 4 ? undefined : this.endian.u32(bytes, 0);
  }

  /** The NUL-terminated string at `at`; undefined when it does not end in the table or is long. */
  text(at: number): string | undefined {
    let wanted = FIRST_PIECE_BYTES;
    for (;;) {
      const bytes = this.read(at, wanted);
      const end = bytes.indexOf(0);
      if (end >= 0) return decodeBytes(bytes.subarray(0, end));
      if (bytes.length < wanted || wanted >= GO_LIMITS.nameBytes) return undefined;
      wanted *= 16;
    }
  }

  #window(index: number): Buffer {
    if (index === this.#lastIndex) return this.#last;
    let window = this.#windows.get(index);
    if (window === undefined) {
      const at = index * WINDOW;
      const length = Math.min(WINDOW, this.sizeBytes - at);
      window = this.#source.read(this.#fileOffset + at, length);
      if (this.#windows.size >= GO_LIMITS.tableWindows) this.#forgetOldest();
    } else {
      this.#windows.delete(index);
    }
    this.#windows.set(index, window);
    this.#lastIndex = index;
    this.#last = window;
    return window;
  }

  #forgetOldest(): void {
    for (const oldest of this.#windows.keys()) {
      this.#windows.delete(oldest);
      return;
    }
  }
}
