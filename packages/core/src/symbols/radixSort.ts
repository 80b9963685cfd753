// SPDX-License-Identifier: Apache-2.0
import { HOST_HIGH, HOST_LOW, type U64Column } from '../bytes/u64Column.ts';

const DIGIT_BITS = 16;
const DIGITS = 1 << DIGIT_BITS;

/**
 * Sorts symbol indexes by their 64-bit value, stably, in linear time (least significant digit
 * first). Digits that all values share cost nothing: two passes do for most files. The result may
 * be `indexes` itself or another array.
 */
export function sortByValue(indexes: Uint32Array, value: U64Column): Uint32Array {
  if (indexes.length < 2) return indexes;
  let from = indexes;
  let to: Uint32Array = new Uint32Array(indexes.length);
  for (let digit = 0; digit < 64 / DIGIT_BITS; digit++) {
    if (!sortByDigit(from, to, value, digit)) continue;
    const sorted = to;
    to = from;
    from = sorted;
  }
  return from;
}

/** False when the digit is the same everywhere and `to` was left alone. */
function sortByDigit(from: Uint32Array, to: Uint32Array, value: U64Column, digit: number): boolean {
  const { words } = value;
  const wordAt = digit >= 2 ? HOST_HIGH : HOST_LOW;
  const shift = (digit & 1) * DIGIT_BITS;
  const count = from.length;
  const starts = new Uint32Array(DIGITS + 1);
  const keys = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    // A store into 16 bits keeps the digit alone.
    keys[i] = words[2 * from[i]! + wordAt]! >>> shift;
    starts[keys[i]! + 1]!++;
  }
  if (starts[keys[0]! + 1] === count) return false;
  for (let key = 0; key < DIGITS; key++) starts[key + 1]! += starts[key]!;
  for (let i = 0; i < count; i++) to[starts[keys[i]!]!++] = from[i]!;
  return true;
}
