// SPDX-License-Identifier: Apache-2.0

/** Random access to bounded bytes: a file, standard input held in memory, a process's memory. */
export interface ByteSource {
  /** What the user called it; used in messages only. */
  readonly path: string;
  readonly sizeBytes: number;
  /**
   * The bytes from `fileOffset`, at most `lengthBytes` of them; fewer at the end of the source,
   * none past it, and never more than LIMITS.singleReadBytes. The result is a view that is valid until {@link close}.
   * @throws InputError code `io` when the operating system refuses.
   */
  read(fileOffset: number, lengthBytes: number): Buffer;
  /** Bytes really taken from the file so far, for budgets and benchmarks. */
  readonly bytesRead: number;
  /** Why the source no longer is what it was when opened, or undefined. */
  changed(): string | undefined;
  close(): void;
}

const EMPTY = Buffer.alloc(0);

/** A source over bytes that are already in memory. */
export class MemorySource implements ByteSource {
  readonly path: string;
  readonly sizeBytes: number;
  readonly bytesRead = 0;
  readonly #bytes: Buffer;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.sizeBytes = bytes.byteLength;
  }

  read(fileOffset: number, lengthBytes: number): Buffer {
    if (!(fileOffset >= 0) || !(lengthBytes > 0) || fileOffset >= this.sizeBytes) return EMPTY;
    return this.#bytes.subarray(fileOffset, Math.min(this.sizeBytes, fileOffset + lengthBytes));
  }

  changed(): undefined {
    return undefined;
  }

  close(): void {}
}
