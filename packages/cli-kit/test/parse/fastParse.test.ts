// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { oclifConfig } from '../../src/oclif/config.ts';
import { fastParse, type Parsed } from '../../src/parse/fastParse.ts';
import { flagTable } from '../../src/parse/flagTable.ts';
import { rewriteSingleDash } from '../../src/parse/singleDash.ts';
import { allFlags } from '../../src/spec/commonFlags.ts';
import { demoTool, echoSpec, needsSpec } from '../fixture/demoTool.ts';

const parse = (line: string, env = {}): Parsed | undefined =>
  fastParse(echoSpec, line === '' ? [] : line.split(' '), env);

function flag(line: string, name: string, env = {}): unknown {
  const parsed = parse(line, env);
  assert.ok(parsed, `refused: ${line}`);
  return parsed.flags[name];
}

describe('the fast parser', () => {
  it("leaves another program's words alone", () => {
    const spec = { ...echoSpec, passThrough: true } as const;
    const words = ['-o', 'out', '--json', '--', './...', '--help'];
    assert.deepEqual(fastParse(spec, words, {})?.args, words);
    assert.equal(fastParse(spec, words, {})?.flags['json'], false);
    assert.equal(fastParse(spec, ['--help', './...'], {}), undefined);
  });

  it('gives defaults where nothing is said', () => {
    assert.deepEqual(parse('')?.flags, {
      'disable-tls': false,
      verbose: false,
      quiet: false,
      cache: undefined,
      name: undefined,
      tag: [],
      level: 3,
      pid: [],
      at: undefined,
      mode: undefined,
      home: undefined,
      secret: false,
      json: false,
      ndjson: false,
      color: 'auto',
      progress: undefined,
    });
  });

  it('takes one value for each use of a repeatable flag', () => {
    const parsed = parse('--tag a b --tag=c d');
    assert.deepEqual(parsed?.args, ['b', 'd']);
    assert.deepEqual(parsed?.flags['tag'], ['a', 'c']);
  });

  it('reads values in every way they can be written', () => {
    for (const line of ['--name x', '--name=x', '-n x', '-nx', '-n=x', '-tvn x', '-tvnx']) {
      assert.equal(flag(line, 'name'), 'x', line);
    }
    assert.equal(flag('--name=-x', 'name'), '-x');
    assert.equal(flag('--name=', 'name'), '');
    assert.equal(flag('--name -', 'name'), '-');
    assert.equal(flag('--level -4', 'level'), -4);
    assert.equal(flag('--at 0xffffffffffffffff', 'at'), 0xffff_ffff_ffff_ffffn);
    assert.equal(flag('--at 10', 'at'), 10n);
  });

  it('negates what can be negated, the last one winning', () => {
    assert.equal(flag('--cache', 'cache'), true);
    assert.equal(flag('--cache --no-cache', 'cache'), false);
    assert.equal(flag('--no-cache --cache', 'cache'), true);
  });

  it('takes - for an argument and everything after -- too', () => {
    assert.deepEqual(parse('- a -- -v --json')?.args, ['-', 'a', '-v', '--json']);
  });

  it('takes a value from the environment where the command line has none', () => {
    assert.equal(flag('', 'home', { DEMO_HOME: '/x' }), '/x');
    assert.equal(flag('--home /y', 'home', { DEMO_HOME: '/x' }), '/y');
    assert.equal(flag('', 'home', { DEMO_HOME: '' }), undefined);
  });

  const refused = [
    '--nam x',
    '--name',
    '--name --json',
    '--name -v',
    '--name x --name y',
    '--level x',
    '--level 10',
    '--level -6',
    '--level 1e1',
    '--at -1',
    '--at 0x10000000000000000',
    '--mode medium',
    '--verbose --quiet',
    '--json --ndjson',
    '--verbose=yes',
    '--no-verbose',
    '--no-cache=x',
    '-x',
    '-vx',
    '--help',
    '-h',
    '-vh',
    '--constructor',
    '--__proto__=1',
  ];
  for (const line of refused) {
    it(`leaves ${line} to oclif`, () => assert.equal(parse(line), undefined));
  }

  it('wants an argument unless the flag that stands for it is there', () => {
    assert.equal(fastParse(needsSpec, [], {}), undefined);
    assert.ok(fastParse(needsSpec, ['x'], {}));
    assert.ok(fastParse(needsSpec, ['-p', '1'], {}));
  });
});

describe('the fast parser and oclif', () => {
  const words = fc.constantFrom(
    ...['a', '-', '--', '-v', '-q', '-tv', '-vv', '--name', '--name=x', '-n', '-nx', '--tag', 'b'],
    ...['--tag=', '-g', '--level', '--level=2', '-5', '7', '-l', '-l4', '--cache', '--no-cache'],
    ...['-cache=false', '-disable-tls', '--disable-tls=false', '--json', '--ndjson', '--mode'],
    ...['fast', '--mode=slow', '--at', '0x10', '--pid', '-pid=9', '--color=never', '', '--bad'],
    ...['--progress', '-no-progress', '-x', '--verbose=1', '-tg', '--home', '/h', 'a b', '\ud83d'],
  );

  it('agree on every command line that the fast one accepts', async () => {
    let seen: Parsed | undefined;
    const config = await oclifConfig(demoTool, async (_spec, parsed) => {
      seen = parsed;
      return 0;
    });
    const table = flagTable(allFlags(echoSpec));
    let accepted = 0;
    const property = fc.asyncProperty(fc.array(words, { maxLength: 7 }), async (argv) => {
      const fast = fastParse(echoSpec, argv, {});
      if (fast === undefined) return;
      accepted++;
      seen = undefined;
      await config.runCommand('echo', [...rewriteSingleDash(argv, table)]);
      assert.deepEqual(seen, fast);
    });
    await fc.assert(property, { numRuns: 1500 });
    assert.ok(accepted > 150, `only ${accepted} were compared`);
  });
});
