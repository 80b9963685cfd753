// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const SOURCE = `#include <stdio.h>
int shared_value = 7;
static int hidden(int x) { return x + shared_value; }
int visible(int x) { return hidden(x); }
int main(void) { printf("%d\\n", visible(1)); return 0; }
`;

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function symbols(...args: string[]): Answer {
  const result = spawnSync(process.execPath, [CLI, 'symbols', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

describe('otel-elf symbols', () => {
  let folder: string;
  let program: string;
  let stripped: string;

  before(function () {
    if (!existsSync(fileURLToPath(new URL('../../dist/symbols.cjs', import.meta.url)))) {
      console.log('skip: the tool is not built, install with: npm run build');
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'otel-elf-symbols-'));
    program = join(folder, 'program');
    stripped = join(folder, 'stripped');
    writeFileSync(join(folder, 'main.c'), SOURCE);
    const made = spawnSync('gcc', ['-O0', '-o', program, join(folder, 'main.c')]);
    if (made.status !== 0) {
      console.log('skip: gcc is not here, install with: apt-get install gcc libc6-dev');
      this.skip();
    }
    execFileSync('strip', ['-o', stripped, program]);
  });

  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('lists every table with versions', () => {
    const { status, stdout, stderr } = symbols(program);
    assert.equal(status, 0);
    assert.equal(stderr, '');
    assert.match(stdout, /^\.symtab {2}\d+ symbols$/m);
    assert.match(stdout, /^\.dynsym {2}\d+ symbols$/m);
    assert.match(stdout, /^[0-9a-f]{16} +\d+ {2}func +local +default +\.text +hidden$/m);
    assert.match(stdout, /UND +printf@GLIBC_2\.[\d.]+$/m);
  });

  it('lists as many symbols as nm', () => {
    const nm = execFileSync('nm', ['-a', program], { encoding: 'utf8' });
    const ours = symbols('--ndjson', program).stdout.trim().split('\n');
    const rows = ours.map((line) => JSON.parse(line)).filter((row) => row.table === 'symtab');
    const named = rows.filter((row) => row.name !== '');
    assert.equal(
      named.length,
      nm
        .trim()
        .split('\n')
        .filter((line) => line.length > 19).length,
    );
  });

  it('filters by kind, name and number', () => {
    const undefinedOnes = symbols('--undefined', '--dynamic', '--ndjson', program).stdout;
    for (const line of undefinedOnes.trim().split('\n')) {
      const row = JSON.parse(line);
      assert.deepEqual([row.section, row.table], ['UND', 'dynsym']);
    }
    const filtered = symbols('--filter', '^(visible|hidden)$', '--json', program);
    const names = JSON.parse(filtered.stdout).symbols.map((row: { name: string }) => row.name);
    assert.deepEqual(names.sort(), ['hidden', 'visible']);
    const limited = JSON.parse(symbols('--limit', '3', '--json', program, program).stdout);
    assert.equal(limited.symbols.length, 3);
    assert.equal(symbols('--defined', '--dynamic', '--filter', 'printf', program).status, 1);
  });

  it('says which symbol holds an address', () => {
    const line = execFileSync('nm', [program], { encoding: 'utf8' })
      .split('\n')
      .find((one) => one.endsWith(' T visible'))!;
    const address = `0x${(BigInt(`0x${line.split(' ')[0]}`) + 2n).toString(16)}`;
    const { status, stdout } = symbols('--address', address, program);
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^${address} {2}visible\\+0x2 {2}func of \\d+ bytes`));
    const missing = symbols('--json', '--address', '1', program);
    assert.equal(missing.status, 1);
    assert.deepEqual(JSON.parse(missing.stdout).symbols, [
      { path: program, address: '0x1', offset: null, symbol: null },
    ]);
  });

  it('answers by exit codes', () => {
    assert.equal(symbols(stripped).status, 0);
    assert.equal(symbols('--filter', 'no such name', program).status, 1);
    assert.equal(symbols('--filter', '(', program).status, 2);
    assert.equal(symbols(join(folder, 'main.c')).status, 3);
    assert.equal(symbols(join(folder, 'absent')).status, 4);
    assert.equal(symbols(join(folder, 'absent'), program).status, 4);
  });

  it('escapes names that would move the cursor', function () {
    const renamed = join(folder, 'renamed');
    const name = 'evil\u001b[2Jname';
    const copied = spawnSync('objcopy', ['--redefine-sym', `visible=${name}`, program, renamed]);
    if (copied.status !== 0) {
      console.log('skip: objcopy is not here, install with: apt-get install binutils');
      this.skip();
    }
    const { stdout } = symbols('--filter', 'evil', renamed);
    assert.ok(!stdout.includes('\u001b'));
    assert.ok(stdout.includes('evil\\x1b[2Jname'));
    assert.equal(JSON.parse(symbols('--ndjson', '--filter', 'evil', renamed).stdout).name, name);
  });
});
