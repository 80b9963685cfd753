// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { flagTable } from '../../src/parse/flagTable.ts';
import { rewriteSingleDash } from '../../src/parse/singleDash.ts';
import { allFlags } from '../../src/spec/commonFlags.ts';
import { echoSpec } from '../fixture/demoTool.ts';

const table = flagTable(allFlags(echoSpec));
const rewrite = (line: string): string => rewriteSingleDash(line.split(' '), table).join(' ');

describe('rewriting of Go-style flags', () => {
  const cases: readonly (readonly [given: string, expected: string])[] = [
    ['-disable-tls', '--disable-tls'],
    ['-name=x', '--name=x'],
    ['-name x', '--name x'],
    ['-no-cache', '--no-cache'],
    ['-pid=5 -pid 6', '--pid=5 --pid 6'],
    // groups of letters stay groups
    ['-tv', '-tv'],
    ['-n x', '-n x'],
    ['-unknown', '-unknown'],
    ['-unknown=x', '-unknown=x'],
    // truth values, as Go's strconv.ParseBool reads them
    ['--disable-tls=true', '--disable-tls'],
    ['-disable-tls=T', '--disable-tls'],
    ['--cache=false', '--no-cache'],
    ['-cache=0', '--no-cache'],
    ['-no-cache=true', '--no-cache'],
    ['--no-cache=0', '--cache'],
    ['--no-disable-tls=0', '--no-disable-tls=0'],
    ['--disable-tls=yes', '--disable-tls=yes'],
    ['a --disable-tls=false b', 'a b'],
    // the last one wins
    ['--disable-tls a --disable-tls=false', 'a'],
    ['-t a --disable-tls=false', 'a'],
    ['-tv a --disable-tls=false', '-v a'],
    ['-tn x --disable-tls=false', '-n x'],
    ['--disable-tls=false -t', '-t'],
    // values are left alone
    ['--name -disable-tls', '--name -disable-tls'],
    ['-n -disable-tls', '-n -disable-tls'],
    ['-tn -disable-tls', '-tn -disable-tls'],
    ['--name --disable-tls --disable-tls=false', '--name --disable-tls'],
    ['--name -- -disable-tls', '--name -- --disable-tls'],
    // so is what follows --
    ['-- -disable-tls', '-- -disable-tls'],
    ['-disable-tls -- --disable-tls=false', '--disable-tls -- --disable-tls=false'],
    ['- -', '- -'],
  ];
  for (const [given, expected] of cases) {
    it(`${given}  →  ${expected}`, () => assert.equal(rewrite(given), expected));
  }

  it('keeps empty words', () => {
    assert.deepEqual(rewriteSingleDash(['', '--disable-tls=false', ''], table), ['', '']);
  });

  it('does not take names from Object.prototype for flags', () => {
    assert.deepEqual(rewriteSingleDash(['-constructor', '-toString=1'], table), [
      '-constructor',
      '-toString=1',
    ]);
  });
});
