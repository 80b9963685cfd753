// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { labelled, table, wrap } from '../../src/output/layout.ts';
import { displayWidth, padEnd, truncate } from '../../src/output/width.ts';

describe('display width', () => {
  const cases: readonly (readonly [text: string, cells: number])[] = [
    ['abc', 3],
    ['日本', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['├── …', 5],
    ['😀', 2],
    ['\x1b[31mred\x1b[39m', 3],
  ];
  for (const [text, cells] of cases) {
    it(`of ${JSON.stringify(text)} is ${cells}`, () => assert.equal(displayWidth(text), cells));
  }

  it('never exceeds what a text is truncated to', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(text, fc.nat(20), fc.constantFrom('start', 'end'), (given, cells, keep) => {
        assert.ok(displayWidth(truncate(given, cells, keep)) <= cells);
      }),
    );
  });

  it('is what padding fills up to', () => assert.equal(padEnd('日', 4), '日  '));

  it('keeps the end of a path or the start of a sentence', () => {
    assert.equal(truncate('/usr/lib/libfoo.so', 10, 'end'), '…libfoo.so');
    assert.equal(truncate('a long sentence', 7), 'a long…');
  });
});

describe('tables', () => {
  const columns = [
    { title: 'NAME', shrink: 'end', min: 6 },
    { title: 'SIZE', align: 'right' },
    { title: 'NOTE' },
  ] as const;
  const rows = [
    ['short', '5', 'ok'],
    ['/a/very/long/path/name', '12345', ''],
  ];

  it('align columns and leave no trailing spaces', () => {
    assert.equal(
      table(columns, rows, { width: 80 }),
      [
        'NAME                     SIZE  NOTE',
        'short                       5  ok',
        '/a/very/long/path/name  12345',
        '',
      ].join('\n'),
    );
  });

  it('fit into narrow terminals by the columns that may shrink', () => {
    const lines = table(columns, rows, { width: 24 }).split('\n');
    assert.ok(lines.every((line) => displayWidth(line) <= 24));
    assert.equal(lines[2], '…/path/name  12345');
  });

  it('do not lose colours to padding', () => {
    const paint = (text: string): string => `\x1b[1m${text}\x1b[22m`;
    const text = table(
      [{}, {}],
      [
        [{ text: 'a', paint }, 'b'],
        ['long', 'c'],
      ],
      { width: 80 },
    );
    assert.equal(text, '\x1b[1ma\x1b[22m     b\nlong  c\n');
  });
});

describe('labelled values', () => {
  it('wrap under themselves and leave out what is not there', () => {
    const text = labelled(
      [
        ['needed', 'libm.so.6 libc.so.6'],
        ['soname', undefined],
      ],
      { width: 20 },
    );
    assert.equal(text, 'needed  libm.so.6\n        libc.so.6\n'.replace('\n        ', ' '));
    const narrow = labelled([['libraries', 'one two three four five six seven']], { width: 32 });
    assert.equal(narrow, 'libraries  one two three four\n           five six seven\n');
  });

  it('stay whole where there is no width', () => {
    assert.equal(wrap('a '.repeat(500).trim(), Number.POSITIVE_INFINITY).includes('\n'), false);
  });
});
