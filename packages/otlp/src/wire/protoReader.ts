// SPDX-License-Identifier: Apache-2.0
// Protocol Buffers wire format, read with bounds: no length, group or number from the input leads
// outside of the buffer, and unknown fields are stepped over.
import { WIRE_BYTES, WIRE_FIXED32, WIRE_FIXED64, WIRE_VARINT } from './protoWriter.ts';

const TWO_32 = 4_294_967_296;
/** Asking a small typed array for its buffer moves it out of V8's heap. */
const FEW = 16;
const IS_BIG_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

/** The bytes are not the protobuf message that they were taken for. */
export class ProtoError extends Error {
  /** Bytes from the start of the message. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} at byte ${offset}`);
    this.name = 'ProtoError';
    this.offset = offset;
  }
}

/**
 * Steps through the fields of a message: while {@link next} is true, look at `field` and `wireType`
 * and call the one reading method that fits, or {@link skip}.
 */
export class ProtoReader {
  readonly #bytes: Buffer;
  #position: number;
  #end: number;
  field = 0;
  wireType = 0;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = start;
    this.#end = Math.min(end, bytes.length);
  }

  get position(): number {
    return this.#position;
  }

  get end(): number {
    return this.#end;
  }

  /** @throws ProtoError when the next tag is damaged. */
  next(): boolean {
    if (this.#position >= this.#end) return false;
    const tagAt = this.#position;
    const tag = this.number();
    this.field = Math.floor(tag / 8);
    this.wireType = tag & 7;
    if (this.field === 0 || this.field > 536_870_911)
      throw new ProtoError(`field number ${this.field} is not one`, tagAt);
    return true;
  }

  /** Varints up to the end, without reading them: each ends with a byte below 128. */
  countVarints(): number {
    let count = 0;
    for (let i = this.#position; i < this.#end; i++) if (this.#bytes[i]! < 0x80) count++;
    if (this.#position < this.#end && this.#bytes[this.#end - 1]! >= 0x80)
      throw new ProtoError('message ends early', this.#end);
    return count;
  }

  /** A varint as a double; exact up to 2^53. */
  number(): number {
    // Most are of one byte: tags, lengths, indices.
    if (this.#position < this.#end && this.#bytes[this.#position]! < 0x80)
      return this.#bytes[this.#position++]!;
    let low = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte();
      low += (byte & 0x7f) * factor;
      if (byte < 0x80) return low;
      factor *= 128;
    }
    throw new ProtoError('varint of more than 10 bytes', this.#position);
  }

  /** A varint as an unsigned 64-bit number. */
  uint64(): bigint {
    const from = this.#position;
    const short = this.number();
    if (short <= Number.MAX_SAFE_INTEGER) return BigInt(short);
    this.#position = from;
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtoError('varint of more than 10 bytes', this.#position);
  }

  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  /** int32, bool and enumerations: the low 32 bits, as protobuf demands. */
  int32(): number {
    const at = this.#position;
    const small = this.number();
    if (small < TWO_32) return small | 0;
    this.#position = at;
    return Number(BigInt.asIntN(32, this.uint64()));
  }

  fixed64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#take(8));
  }

  /** Fills a column with fixed64 numbers, one after the other. */
  fixed64Column(column: BigUint64Array): void {
    const at = this.#take(column.length * 8);
    if (column.length <= FEW) {
      for (let i = 0; i < column.length; i++) column[i] = this.#bytes.readBigUInt64LE(at + i * 8);
      return;
    }
    // The column may need another alignment than the bytes have, so they are copied as bytes.
    const target = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
    target.set(this.#bytes.subarray(at, at + target.length));
    if (IS_BIG_ENDIAN) Buffer.from(target.buffer, target.byteOffset, target.length).swap64();
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  fixed32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  /** The contents of a length-delimited field: a view. */
  bytes(): Buffer {
    const length = this.number();
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** Malformed UTF-8 becomes U+FFFD. */
  string(): string {
    const length = this.number();
    const at = this.#take(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** A nested message: a reader of its own over the same bytes. */
  message(): ProtoReader {
    const length = this.number();
    const at = this.#take(length);
    return new ProtoReader(this.#bytes, at, at + length);
  }

  /**
   * Goes into a nested message without a reader of its own; its fields end where it does.
   * @returns what {@link leave} needs to get out again
   */
  enter(): number {
    const length = this.number();
    const at = this.#take(length);
    const outer = this.#end;
    this.#position = at;
    this.#end = at + length;
    return outer;
  }

  leave(outer: number): void {
    this.#position = this.#end;
    this.#end = outer;
  }

  /** A varint as two words of 32 bits, low one first. */
  uint64Words(words: Uint32Array, at: number): void {
    const from = this.#position;
    const short = this.number();
    if (short <= Number.MAX_SAFE_INTEGER) {
      words[at] = short;
      words[at + 1] = short / TWO_32;
      return;
    }
    this.#position = from;
    const value = this.uint64();
    words[at] = Number(value & 0xffff_ffffn);
    words[at + 1] = Number(value >> 32n);
  }

  /** Steps over the value of the current field. @throws ProtoError */
  skip(): void {
    if (this.wireType === WIRE_VARINT) this.uint64();
    else if (this.wireType === WIRE_FIXED64) this.#take(8);
    else if (this.wireType === WIRE_BYTES) this.#take(this.number());
    else if (this.wireType === WIRE_FIXED32) this.#take(4);
    // Groups are older than proto3 and occur nowhere in OTLP.
    else throw new ProtoError(`wire type ${this.wireType} is not supported`, this.#position);
  }

  #byte(): number {
    if (this.#position >= this.#end) throw new ProtoError('message ends early', this.#position);
    return this.#bytes[this.#position++]!;
  }

  #take(count: number): number {
    const at = this.#position;
    if (count > this.#end - at)
      throw new ProtoError(`${count} bytes needed, ${this.#end - at} left`, at);
    this.#position = at + count;
    return at;
  }
}
