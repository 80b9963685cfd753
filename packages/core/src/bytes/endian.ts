// SPDX-License-Identifier: Apache-2.0

/** Byte order of a file's numbers. Offsets must lie inside `bytes`: callers check the length. */
export interface Endian {
  readonly name: 'LE' | 'BE';
  u16(bytes: Uint8Array, at: number): number;
  u32(bytes: Uint8Array, at: number): number;
  /** Exact. */
  u64(bytes: Uint8Array, at: number): bigint;
  /** As a double: exact up to 2^53; larger values stay larger than any file offset. */
  u64AsNumber(bytes: Uint8Array, at: number): number;
}

const TWO_32 = 4294967296;

function u16le(b: Uint8Array, i: number): number {
  return b[i]! | (b[i + 1]! << 8);
}
function u32le(b: Uint8Array, i: number): number {
  return (b[i]! | (b[i + 1]! << 8) | (b[i + 2]! << 16) | (b[i + 3]! << 24)) >>> 0;
}
function u16be(b: Uint8Array, i: number): number {
  return (b[i]! << 8) | b[i + 1]!;
}
function u32be(b: Uint8Array, i: number): number {
  return ((b[i]! << 24) | (b[i + 1]! << 16) | (b[i + 2]! << 8) | b[i + 3]!) >>> 0;
}
function join64(high: number, low: number): bigint {
  if (high === 0 && low === 0) return 0n;
  // Small values are by far the most common, and one conversion is cheaper than three.
  return high < 0x200000 ? BigInt(high * TWO_32 + low) : (BigInt(high) << 32n) | BigInt(low);
}

/** Small values stay small integers to V8: a double costs 16 bytes more wherever it is kept. */
function joinNumber(high: number, low: number): number {
  return high === 0 ? low : high * TWO_32 + low;
}

export const LITTLE_ENDIAN: Endian = {
  name: 'LE',
  u16: u16le,
  u32: u32le,
  u64: (b, i) => join64(u32le(b, i + 4), u32le(b, i)),
  u64AsNumber: (b, i) => joinNumber(u32le(b, i + 4), u32le(b, i)),
};

export const BIG_ENDIAN: Endian = {
  name: 'BE',
  u16: u16be,
  u32: u32be,
  u64: (b, i) => join64(u32be(b, i), u32be(b, i + 4)),
  u64AsNumber: (b, i) => joinNumber(u32be(b, i), u32be(b, i + 4)),
};

/** Byte order of this machine; node:os, which tells it too, takes half a millisecond to load. */
export const HOST_ENDIAN: Endian =
  new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? LITTLE_ENDIAN : BIG_ENDIAN;
