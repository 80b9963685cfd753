// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jsonText } from '../../src/output/json.ts';
import { printable } from '../../src/output/printable.ts';

// What a terminal would obey, hide or reorder.
const DANGEROUS =
  /[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u;

describe('printable', () => {
  const cases: readonly (readonly [given: string, expected: string])[] = [
    ['libfoo.so', 'libfoo.so'],
    ['C:\\plain', 'C:\\plain'],
    ['naïve 日本 ё', 'naïve 日本 ё'],
    ['a\nb\tc\r', 'a\\nb\\tc\\r'],
    ['\x1b[31mred', '\\x1b[31mred'],
    ['\x00\x7f', '\\x00\\x7f'],
    ['\x9b31m', '\\u009b31m'],
    ['exe\u202egpj', 'exe\\u202egpj'],
    ['\udcff', '\\xff'],
    ['\ud800', '\\ud800'],
    ['\u{e0041}', '\\u{e0041}'],
    ['a\\x1b \x1b', 'a\\\\x1b \\x1b'],
    ['😀', '😀'],
  ];
  for (const [given, expected] of cases) {
    it(`${JSON.stringify(given)} → ${expected}`, () => assert.equal(printable(given), expected));
  }

  it('leaves nothing that a terminal would obey, whatever the text', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 });
    fc.assert(
      fc.property(units, (codes) => {
        assert.doesNotMatch(printable(String.fromCharCode(...codes)), DANGEROUS);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('JSON texts', () => {
  it('are safe on a terminal and mean the same', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 });
    fc.assert(
      fc.property(units, (codes) => {
        const value = { text: String.fromCharCode(...codes) };
        for (const indent of [0, 2] as const) {
          const json = jsonText(value, indent);
          assert.doesNotMatch(json.replaceAll('\n', ''), DANGEROUS);
          assert.deepEqual(JSON.parse(json), value);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('hold 64-bit numbers as hex strings', () => {
    assert.equal(jsonText({ vaddr: 0xffff_ffff_ffff_fff0n }), '{"vaddr":"0xfffffffffffffff0"}');
  });
});
