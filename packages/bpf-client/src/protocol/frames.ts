// SPDX-License-Identifier: Apache-2.0
// Frames on a pipe (docs/profile-internals.md §4): u32 length of what follows, u8 kind,
// u32 requestId, payload. Little endian.

/** Kinds of frames. */
export const FrameKind = {
  request: 0x01,
  table: 0x02,
  processEvents: 0x10,
  files: 0x11,
  traces: 0x12,
  samples: 0x13,
  rawCopies: 0x14,
  statistics: 0x15,
  log: 0x16,
  names: 0x17,
  spans: 0x20,
  reply: 0x81,
} as const;

/** Before the payload: length, kind, request. */
export const FRAME_HEADER_BYTES = 9;
/** What the length counts beside the payload. */
const COUNTED_HEADER_BYTES = 5;
const FIRST_BUFFER_BYTES = 65_536;
const KEPT_BUFFER_BYTES = 4_194_304;

/** @param payload a view that is valid during the call only */
export type FrameHandler = (kind: number, requestId: number, payload: Buffer) => void;

/** The header of a frame with this payload. */
export function frameHeader(kind: number, requestId: number, payloadBytes: number): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
  header.writeUInt32LE(COUNTED_HEADER_BYTES + payloadBytes, 0);
  header.writeUInt8(kind, 4);
  header.writeUInt32LE(requestId, 5);
  return header;
}

/**
 * Cuts a stream into frames. What arrives whole is handed on as a view of the chunk; only the
 * frames that chunks cut are copied.
 */
export class FrameReader {
  readonly #onFrame: FrameHandler;
  readonly #maxBytes: number;
  #pending: Buffer = Buffer.alloc(0);
  #filled = 0;

  /** @param maxBytes of what follows a length; more makes {@link push} throw */
  constructor(maxBytes: number, onFrame: FrameHandler) {
    this.#maxBytes = maxBytes;
    this.#onFrame = onFrame;
  }

  /** Bytes of a frame whose end has not come. */
  get pendingBytes(): number {
    return this.#filled;
  }

  /** @throws RangeError for a length that no frame has: the stream is then of no use any more */
  push(chunk: Buffer): void {
    let at = 0;
    if (this.#filled > 0) at = this.#completePending(chunk);
    while (chunk.length - at >= 4) {
      const end = at + 4 + this.#lengthAt(chunk, at);
      if (end > chunk.length) break;
      this.#hand(chunk, at, end);
      at = end;
    }
    if (at < chunk.length) this.#keep(chunk.subarray(at));
  }

  /** @returns how much of the chunk was used */
  #completePending(chunk: Buffer): number {
    let at = 0;
    if (this.#filled < 4) {
      at = Math.min(4 - this.#filled, chunk.length);
      this.#keep(chunk.subarray(0, at));
      if (this.#filled < 4) return at;
    }
    const needed = 4 + this.#lengthAt(this.#pending, 0);
    const taken = Math.min(needed - this.#filled, chunk.length - at);
    this.#keep(chunk.subarray(at, at + taken), needed);
    if (this.#filled < needed) return at + taken;
    this.#filled = 0;
    this.#hand(this.#pending, 0, needed);
    if (this.#pending.length > KEPT_BUFFER_BYTES) this.#pending = Buffer.alloc(0);
    return at + taken;
  }

  #lengthAt(bytes: Buffer, at: number): number {
    const length = bytes.readUInt32LE(at);
    if (length < COUNTED_HEADER_BYTES || length > this.#maxBytes) {
      throw new RangeError(`a frame of ${length} bytes: expected 5 to ${this.#maxBytes}`);
    }
    return length;
  }

  #hand(bytes: Buffer, from: number, to: number): void {
    const kind = bytes.readUInt8(from + 4);
    const requestId = bytes.readUInt32LE(from + 5);
    this.#onFrame(kind, requestId, bytes.subarray(from + FRAME_HEADER_BYTES, to));
  }

  #keep(bytes: Buffer, neededBytes = 0): void {
    const wanted = Math.max(this.#filled + bytes.length, neededBytes);
    if (wanted > this.#pending.length) {
      const size = Math.max(FIRST_BUFFER_BYTES, this.#pending.length * 2, wanted);
      const larger = Buffer.allocUnsafeSlow(size);
      this.#pending.copy(larger, 0, 0, this.#filled);
      this.#pending = larger;
    }
    bytes.copy(this.#pending, this.#filled);
    this.#filled += bytes.length;
  }
}
