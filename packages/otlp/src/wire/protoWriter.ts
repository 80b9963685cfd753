// SPDX-License-Identifier: Apache-2.0
// Protocol Buffers wire format, written forward into one growing buffer. A nested message gets one
// byte for its length; when it turns out longer its bytes move up, which is rare for small messages
// and cheap beside compression for large ones.

const TWO_7 = 128;
const TWO_14 = 16_384;
const TWO_32 = 4_294_967_296;
const INITIAL_BYTES = 4_096;

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
export const WIRE_FIXED32 = 5;

/** Up to here a loop is sooner done than a call out of JavaScript. */
const FEW_BYTES = 40;

/** Writes fields of protobuf messages. Default values are the caller's to leave out. */
export class ProtoWriter {
  #bytes: Buffer;
  #position = 0;

  constructor(initialBytes: number = INITIAL_BYTES) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(16, initialBytes));
  }

  get length(): number {
    return this.#position;
  }

  /** Starts anew in the same memory; views handed out before become invalid. */
  reset(): void {
    this.#position = 0;
  }

  /** What was written: a view that is valid until the next write or {@link reset}. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#position);
  }

  /** What was written, as a copy of its own. */
  finish(): Buffer {
    return Buffer.from(this.view());
  }

  #reserve(count: number): void {
    const needed = this.#position + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#position);
    this.#bytes = grown;
  }

  tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  /** An unsigned number up to 2^53. */
  varint(value: number): void {
    this.#reserve(10);
    const bytes = this.#bytes;
    let rest = value;
    while (rest >= TWO_32) {
      bytes[this.#position++] = (rest % TWO_7) + TWO_7;
      rest = Math.floor(rest / TWO_7);
    }
    let low = rest >>> 0;
    while (low >= TWO_7) {
      bytes[this.#position++] = (low & 0x7f) | 0x80;
      low >>>= 7;
    }
    bytes[this.#position++] = low;
  }

  /** A 64-bit number; negative ones as two's complement, as int64 fields want them. */
  varintBig(value: bigint): void {
    this.#reserve(10);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.#bytes[this.#position++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#position++] = Number(rest);
  }

  /** Either form; numbers must be safe integers. */
  varint64(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0) this.varint(value);
    else this.varintBig(BigInt(value));
  }

  /** Of two 32-bit halves, signed or not. Bytes one by one: Buffer's methods check each argument. */
  fixed64(high: number, low: number): void {
    this.#reserve(8);
    this.#word(low);
    this.#word(high);
  }

  #word(value: number): void {
    const bytes = this.#bytes;
    bytes[this.#position++] = value;
    bytes[this.#position++] = value >>> 8;
    bytes[this.#position++] = value >>> 16;
    bytes[this.#position++] = value >>> 24;
  }

  fixed64Big(value: bigint): void {
    this.#reserve(8);
    this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#position);
    this.#position += 8;
  }

  fixed32(value: number): void {
    this.#reserve(4);
    this.#bytes.writeUInt32LE(value >>> 0, this.#position);
    this.#position += 4;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#bytes.writeDoubleLE(value, this.#position);
    this.#position += 8;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** A part of a larger buffer, without a view of it. */
  rawPart(bytes: Buffer, from: number, to: number): void {
    this.#reserve(to - from);
    if (to - from > FEW_BYTES) {
      this.#position += bytes.copy(this.#bytes, this.#position, from, to);
      return;
    }
    const own = this.#bytes;
    let at = this.#position;
    for (let i = from; i < to; i++) own[at++] = bytes[i]!;
    this.#position = at;
  }

  /**
   * A part of a larger buffer that is text if it is ASCII.
   * @returns false where it is not, and nothing was written
   */
  asciiPart(bytes: Uint8Array, from: number, to: number): boolean {
    this.#reserve(to - from);
    const own = this.#bytes;
    let at = this.#position;
    let all = 0;
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!;
      all |= byte;
      own[at++] = byte;
    }
    if (all >= 0x80) return false;
    this.#position = at;
    return true;
  }

  // Whole fields. Zero is proto3's default and is left out; use tag and a value to force it.

  uintField(field: number, value: number): void {
    if (value === 0) return;
    this.tag(field, WIRE_VARINT);
    this.varint(value);
  }

  int64Field(field: number, value: number | bigint): void {
    if (value === 0 || value === 0n) return;
    this.tag(field, WIRE_VARINT);
    this.varint64(value);
  }

  fixed64Field(field: number, value: bigint): void {
    if (value === 0n) return;
    this.tag(field, WIRE_FIXED64);
    this.fixed64Big(value);
  }

  bytesField(field: number, value: Uint8Array): void {
    this.tag(field, WIRE_BYTES);
    this.varint(value.length);
    this.raw(value);
  }

  /** UTF-8; lone surrogates (bytes of a name that is not UTF-8) become U+FFFD, as OTLP demands. */
  stringField(field: number, value: string): void {
    const mark = this.open(field);
    this.#reserve(value.length * 3);
    this.#position += this.#bytes.write(value, this.#position, 'utf8');
    this.close(mark);
  }

  /** Takes back what was written behind a position that {@link length} had. */
  cutBack(length: number): void {
    this.#position = Math.min(this.#position, length);
  }

  /** As {@link open} for a message of 128 to 16,383 bytes, which need not move then. */
  openLong(field: number): number {
    this.tag(field, WIRE_BYTES);
    this.#reserve(2);
    this.#position += 2;
    return this.#position;
  }

  /** Ends what {@link openLong} began, whatever its length became. */
  closeLong(mark: number): void {
    const length = this.#position - mark;
    if (length >= TWO_7 && length < TWO_14) {
      this.#bytes[mark - 2] = (length & 0x7f) | 0x80;
      this.#bytes[mark - 1] = length >>> 7;
      return;
    }
    const width = varintBytes(length);
    this.#reserve(width);
    this.#bytes.copyWithin(mark - 2 + width, mark, this.#position);
    this.#position = mark - 2;
    this.varint(length);
    this.#position += length;
  }

  /** Begins a nested message; give the result to {@link close}. */
  open(field: number): number {
    this.tag(field, WIRE_BYTES);
    this.#reserve(1);
    this.#position++;
    return this.#position;
  }

  /** Ends the nested message that {@link open} began, by writing its length. */
  close(mark: number): void {
    const length = this.#position - mark;
    if (length < TWO_7) {
      this.#bytes[mark - 1] = length;
      return;
    }
    const extra = varintBytes(length) - 1;
    this.#reserve(extra);
    this.#bytes.copyWithin(mark + extra, mark, this.#position);
    const end = this.#position + extra;
    this.#position = mark - 1;
    this.varint(length);
    this.#position = end;
  }
}

/** Bytes that a number up to 2^53 takes as a varint. */
export function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest >= TWO_7; rest = Math.floor(rest / TWO_7)) count++;
  return count;
}
