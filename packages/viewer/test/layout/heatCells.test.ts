// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  cellAt,
  columnMsFor,
  heatSteps,
  MAX_COLUMNS,
  rangeOfCells,
} from '../../src/layout/heatCells.ts';

const map = { startMs: 1_000, columnMs: 1_000, rows: 50, columns: 3, values: [] };

describe('a range of the heat map', () => {
  it('begins inside of one second and ends inside of another', () => {
    const range = rangeOfCells(map, cellAt(map, 0, 25), cellAt(map, 1, 4));
    assert.deepEqual(range, { from: 1_500, to: 2_100 });
  });

  it('is the same in both directions, never empty, and inside the map', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), fc.integer(), (c1, r1, c2, r2) => {
        const one = cellAt(map, c1, r1);
        const other = cellAt(map, c2, r2);
        const range = rangeOfCells(map, one, other);
        assert.deepEqual(range, rangeOfCells(map, other, one));
        assert.ok(range.from < range.to && range.from >= 1_000 && range.to <= 4_000);
      }),
    );
  });

  it('has as many columns as can be drawn, for any time', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e13, noNaN: true }), (rangeMs) => {
        assert.ok(rangeMs / columnMsFor(rangeMs) <= MAX_COLUMNS + 1);
      }),
    );
    assert.equal(columnMsFor(900_000), 1_000);
  });

  it('shows every cell that has weight', () => {
    const values = [0, 1e-9, 5, 1e9, Number.NaN, -3];
    const steps = heatSteps({ ...map, rows: 2, values }, 24);
    assert.deepEqual([...steps], [0, 1, 1, 23, 0, 0]);
  });
});
