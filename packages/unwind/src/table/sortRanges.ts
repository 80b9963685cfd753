// SPDX-License-Identifier: Apache-2.0
import type { RowColumns } from './rowColumns.ts';

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/**
 * Numbers of the ranges by ascending start; those of equal starts stay in their order. A radix sort
 * of three passes: a comparator called a million times costs more than all the rest.
 */
export function rangeOrder(columns: RowColumns): Uint32Array {
  const count = columns.rangeCount;
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  if (columns.isSorted) return order;
  let other = new Uint32Array(count);
  const starts = new Uint32Array(DIGITS);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    starts.fill(0);
    for (let i = 0; i < count; i++) {
      const digit = (columns.start[i]! >>> shift) & (DIGITS - 1);
      starts[digit] = starts[digit]! + 1;
    }
    let sum = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const size = starts[digit]!;
      starts[digit] = sum;
      sum += size;
    }
    for (let i = 0; i < count; i++) {
      const range = order[i]!;
      const digit = (columns.start[range]! >>> shift) & (DIGITS - 1);
      const place = starts[digit]!;
      starts[digit] = place + 1;
      other[place] = range;
    }
    [order, other] = [other, order];
  }
  return order;
}
