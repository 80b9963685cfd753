// SPDX-License-Identifier: Apache-2.0
// LEB128 (DWARF 5, section 7.6).

export interface Uleb {
  at: number;
  value: number;
}

const MOST_BYTES = 10;

/** Reads at `cursor.at` and moves it; false at the end of the bytes. Exact up to 2^53. */
export function readUleb(bytes: Uint8Array, cursor: Uleb): boolean {
  let value = 0;
  let weight = 1;
  const end = Math.min(bytes.length, cursor.at + MOST_BYTES);
  for (let at = cursor.at; at < end; at++) {
    const byte = bytes[at]!;
    value += (byte & 0x7f) * weight;
    if (byte < 0x80) {
      cursor.at = at + 1;
      cursor.value = value;
      return true;
    }
    weight *= 128;
  }
  return false;
}

/** Where the number at `at` ends, signed or not; behind the end where it is cut off. */
export function skipLeb(bytes: Uint8Array, at: number): number {
  while (at < bytes.length && bytes[at]! >= 0x80) at++;
  return at + 1;
}
