// SPDX-License-Identifier: Apache-2.0

/**
 * The value that `n` others are larger than or equal to, counted from the largest (0 is the largest).
 * Quickselect by pivots of chance, so that no order of values makes it slow.
 * @param values are put into another order; n is below their number
 */
export function nthLargest(values: Float64Array, n: number): number {
  let [from, to] = [0, values.length - 1];
  while (from < to) {
    const pivot = values[from + Math.floor(Math.random() * (to - from + 1))]!;
    let [low, high] = [from, to];
    while (low <= high) {
      while (values[low]! > pivot) low++;
      while (values[high]! < pivot) high--;
      if (low > high) break;
      const other = values[low]!;
      values[low++] = values[high]!;
      values[high--] = other;
    }
    if (n <= high) to = high;
    else if (n >= low) from = low;
    else return values[n]!;
  }
  return values[from]!;
}
