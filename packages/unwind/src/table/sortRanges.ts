// SPDX-License-Identifier: Apache-2.0
import { UNWIND_LIMITS } from '../limits.ts';
import type { RowColumns } from './rowColumns.ts';

/** A start and a number in one double: 32 bits above as many as count UNWIND_LIMITS.ranges. */
const NUMBERS: number = UNWIND_LIMITS.ranges;

/**
 * Numbers of the ranges by ascending start; those of equal starts stay in their order. Sorted as
 * doubles, which is done by the runtime itself: a comparator would cost more than all the rest.
 */
export function rangeOrder(columns: RowColumns): Uint32Array {
  const count = columns.rangeCount;
  const order = new Uint32Array(count);
  if (columns.isSorted) {
    for (let i = 0; i < count; i++) order[i] = i;
    return order;
  }
  const keys = new Float64Array(count);
  const { start } = columns;
  for (let i = 0; i < count; i++) keys[i] = start[i]! * NUMBERS + i;
  keys.sort();
  for (let i = 0; i < count; i++) order[i] = keys[i]! % NUMBERS;
  return order;
}
