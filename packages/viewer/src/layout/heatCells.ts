// SPDX-License-Identifier: Apache-2.0
// FlameScope's map: a column a second, rows of parts of it. A range of it is a range of time, that
// begins inside of one column and may end inside of another.
import type { HeatMap } from '../contract.ts';

export const ROWS = 50;
export const MAX_COLUMNS = 1_000;
const COLUMN_CHOICES_MS: readonly number[] = [
  1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 86_400_000,
];

/** Shortest columns that keep the map within MAX_COLUMNS. */
export function columnMsFor(rangeMs: number): number {
  const fits = COLUMN_CHOICES_MS.find((columnMs) => rangeMs / columnMs <= MAX_COLUMNS);
  return fits ?? Math.ceil(rangeMs / MAX_COLUMNS);
}

/** Cells are counted in time: down a column, then the next column. */
export function cellAt(map: HeatMap, column: number, row: number): number {
  const inside = Math.min(Math.max(column, 0), Math.max(0, map.columns - 1));
  return inside * map.rows + Math.min(Math.max(row, 0), map.rows - 1);
}

export function cellStartMs(map: HeatMap, cell: number): number {
  return map.startMs + (cell * map.columnMs) / map.rows;
}

/** From the beginning of the earlier cell to the end of the later one. */
export function rangeOfCells(
  map: HeatMap,
  one: number,
  other: number,
): { readonly from: number; readonly to: number } {
  const first = Math.min(one, other);
  const last = Math.max(one, other);
  return { from: cellStartMs(map, first), to: cellStartMs(map, last + 1) };
}

/**
 * Step of colour a cell: 0 for nothing, then by the square root, because a few bursts would
 * otherwise leave everything else pale.
 */
export function heatSteps(map: HeatMap, steps: number): Uint8Array {
  const count = Math.min(map.values.length, map.columns * map.rows);
  let most = 0;
  for (const value of map.values) if (value > most) most = value;
  const result = new Uint8Array(count);
  if (most <= 0) return result;
  for (let cell = 0; cell < count; cell++) {
    const value = map.values[cell] ?? 0;
    if (!(value > 0)) continue;
    result[cell] = Math.max(1, Math.round(Math.sqrt(value / most) * (steps - 1)));
  }
  return result;
}
