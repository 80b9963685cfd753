// SPDX-License-Identifier: Apache-2.0
// The table against the plainest thing that does the same: an array with a rule for each address.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HEADER_BYTES, openTable, PAGE_BYTES } from '../../src/index.ts';
import { layRanges, writePieces } from '../../src/table/packTable.ts';
import { RowColumns } from '../../src/table/rowColumns.ts';
import { SideRules } from '../../src/table/sideRules.ts';
import { TableWriter } from '../../src/table/tableWriter.ts';

const PAGES = 6;
const SPACE = PAGES * PAGE_BYTES;
const BASE = 0x40_0000;

type Range = readonly [start: number, size: number, rows: readonly (readonly [number, number])[]];

const range: fc.Arbitrary<Range> = fc.tuple(
  fc.nat(SPACE - 2),
  fc.integer({ min: 1, max: 1500 }),
  fc.array(fc.tuple(fc.nat(1500), fc.integer({ min: 0, max: 5 })), { maxLength: 12 }),
);

function columnsOf(ranges: readonly Range[]): RowColumns {
  const columns = new RowColumns();
  for (const [start, size, rows] of ranges) {
    const end = Math.min(SPACE, start + size);
    columns.openRange(start, end);
    columns.addRow(start, 2, 8);
    for (const [at, rule] of [...rows].sort((a, b) => a[0] - b[0])) {
      if (start + at < end)
        columns.addRow(start + at, rule === 0 ? 0 : 2, rule === 0 ? 0 : rule * 8);
    }
    columns.closeRange();
  }
  return columns;
}

/** A rule for each address: within a layer the last start wins, between layers the first layer. */
function painted(layers: readonly (readonly Range[])[]): Int32Array {
  const owner = new Int32Array(SPACE).fill(-1);
  const rules = new Int32Array(SPACE).fill(-1);
  for (const ranges of layers) {
    const own = new Int32Array(SPACE).fill(-1);
    const order = ranges.map((_, i) => i).sort((a, b) => ranges[a]![0] - ranges[b]![0] || a - b);
    order.forEach((i, k) => {
      const [start, size] = ranges[i]!;
      const next = order[k + 1];
      const limit = next === undefined ? SPACE : ranges[next]![0];
      for (let at = start; at < Math.min(SPACE, start + size, limit); at++) own[at] = i;
    });
    for (let at = 0; at < SPACE; at++) {
      if (owner[at] !== -1 || own[at] === -1) continue;
      owner[at] = 1;
      const [start, , rows] = ranges[own[at]!]!;
      let rule = 1;
      for (const [rowAt, value] of [...rows].sort((a, b) => a[0] - b[0])) {
        if (start + rowAt <= at) rule = value;
      }
      rules[at] = rule;
    }
  }
  return rules;
}

function pack(layers: readonly (readonly Range[])[]): Uint8Array {
  const writer = new TableWriter(PAGES, 4);
  const end = writePieces(layRanges(layers.map(columnsOf)), writer);
  return writer.finish(end, 62, BigInt(BASE), new SideRules());
}

describe('the table', () => {
  it('gives each address the rule that was put in', () => {
    const layers = fc.array(fc.array(range, { maxLength: 12 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(layers, (input) => {
        const reader = openTable(pack(input));
        assert.ok(typeof reader !== 'string', String(reader));
        const expected = painted(input);
        for (let at = 0; at < SPACE; at++) {
          const rule = expected[at]!;
          // Padding before an aligned function takes over what stands before it.
          if (rule === -1 && isPadding(expected, at)) continue;
          reader.find(BASE + at);
          const found: number = reader.cfaKind === 0 ? 0 : reader.cfaOffset / 8;
          assert.equal(found, Math.max(0, rule), `address ${at}`);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is refused when a byte of it is another', () => {
    const bytes = pack([[[10, 300, [[20, 3]]]]]);
    assert.ok(typeof openTable(bytes) !== 'string');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        // Flags and the reserved part of the header are nobody's yet.
        fc.pre(!((at >= 12 && at < 16) || (at >= 40 && at < HEADER_BYTES) || (at >= 8 && at < 24)));
        const damaged = Uint8Array.from(bytes);
        damaged[at] = damaged[at]! ^ change;
        assert.equal(typeof openTable(damaged), 'string');
      }),
    );
    assert.equal(typeof openTable(bytes.subarray(0, 40)), 'string');
    assert.equal(typeof openTable(bytes.subarray(0, bytes.length - 8)), 'string');
  });
});

function isPadding(rules: Int32Array, at: number): boolean {
  const aligned = (at | 15) + 1;
  for (let i = at; i < aligned; i++) if (rules[i] !== -1) return false;
  return aligned >= SPACE || rules[aligned] !== -1 ? aligned < SPACE : false;
}
