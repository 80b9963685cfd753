// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GO_LIMITS } from '../../src/go/limits.ts';
import { type GoModuleInfo, parseModuleInfo } from '../../src/go/moduleInfo.ts';
import { quotedPrefixLength, unquote } from '../../src/go/quoting.ts';
import { Diagnostics, encodeBytes } from '../../src/index.ts';

function parsed(text: string): { info: GoModuleInfo; problems: string[] } {
  const diagnostics = new Diagnostics();
  const info = parseModuleInfo(text, diagnostics, 0);
  return { info, problems: diagnostics.list.map((diagnostic) => diagnostic.message) };
}

describe('Go string literals', () => {
  // Each pair is what strconv.Unquote gives; undefined where it answers ErrSyntax.
  const literals: readonly (readonly [string, string | undefined])[] = [
    ['""', ''],
    ['"a b"', 'a b'],
    ['`a\\b`', 'a\\b'],
    ['`a\r\nb`', 'a\nb'],
    ['"\\a\\b\\f\\n\\r\\t\\v\\\\\\""', '\x07\b\f\n\r\t\v\\"'],
    ['"\\x41\\101\\u00e9\\U0001f600"', 'AAé😀'],
    ['"\\xc3\\xa9"', 'é'],
    ['"\\xff"', '\udcff'],
    ['"\\ud800"', undefined],
    ['"\\U00110000"', undefined],
    ['"\\400"', undefined],
    ['"\\q"', undefined],
    ['"\\x4"', undefined],
    ['"a', undefined],
    ['"a"b', undefined],
    ['`a', undefined],
    ['"a\nb"', undefined],
    ["'a'", undefined],
    ['', undefined],
  ];
  for (const [literal, value] of literals) {
    it(`reads ${JSON.stringify(literal)}`, () => assert.equal(unquote(literal), value));
  }

  it('gives back any bytes that were written as escapes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const hex = [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
        assert.deepEqual([...encodeBytes(unquote(`"${hex}"`)!)], [...bytes]);
      }),
    );
  });

  it('never throws', () => {
    const unit = fc.constantFrom('\\', '"', '`', 'x', 'u', 'U', '0', '7', 'f', '\n', 'é', '\ud800');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 20 }), (text) => {
        unquote(text);
        const length = quotedPrefixLength(text);
        assert.ok(length === undefined || (length >= 2 && length <= text.length));
      }),
    );
  });
});

describe('Go module information', () => {
  it('keeps settings in order, quoted keys and values unquoted', () => {
    const { info, problems } = parsed(
      'path\ta/b\nbuild\t-compiler=gc\nbuild\t"-odd key"="x=\\"y\\""\nbuild\tempty=\nbuild\tv=1=2\n',
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [...info.settings],
      [
        ['-compiler', 'gc'],
        ['-odd key', 'x="y"'],
        ['empty', ''],
        ['v', '1=2'],
      ],
    );
  });

  it('gives a replacement to the module before it only', () => {
    const { info, problems } = parsed('dep\ta\tv1\th1:x=\n=>\tb\tv2\th1:y=\n=>\tc\tv3\t\n');
    assert.deepEqual(info.deps, [
      {
        path: 'a',
        version: 'v1',
        sum: 'h1:x=',
        replace: { path: 'b', version: 'v2', sum: 'h1:y=' },
      },
    ]);
    assert.equal(problems.length, 1);
  });

  for (const line of [
    'mod\tonly-a-path',
    'dep\ta\tb\tc\td',
    '=>\ta\tb\tc',
    'build\t=value',
    'build\tkey',
    'build\t"key=value',
    'build\tkey="value',
    'build\tkey=a b',
    'build\ta key=b',
  ]) {
    it(`leaves out a damaged line and reads on: ${JSON.stringify(line)}`, () => {
      const { info, problems } = parsed(`${line}\npath\ta/b\n`);
      assert.equal(info.path, 'a/b');
      assert.equal(problems.length, 1);
      assert.match(problems[0]!, /^line 1: /);
      assert.equal(info.settings.size + info.deps.length, 0);
    });
  }

  it('passes over lines of kinds that it does not know, and an unfinished last line', () => {
    const { info, problems } = parsed('new\tkind\n\nnothing\npath\ta\nbuild\tcut');
    assert.deepEqual(problems, []);
    assert.equal(info.path, 'a');
  });

  it('stops at its limit of lines', () => {
    const { info, problems } = parsed('dep\ta\tv1\n'.repeat(GO_LIMITS.moduleInfoLines + 1));
    assert.equal(info.deps.length, GO_LIMITS.moduleInfoLines);
    assert.equal(problems.length, 1);
  });

  it('never throws', () => {
    const unit = fc.constantFrom(
      'path',
      'mod',
      'dep',
      '=>',
      'build',
      '\t',
      '\n',
      '=',
      '"',
      'a',
      '`',
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 60 }), (parts) => {
        parsed(`${parts.join('')}\n`);
      }),
    );
  });
});
