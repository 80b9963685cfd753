// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, needs, program, run } from '../contract/samples.ts';

interface Libc {
  readonly flavor: string | null;
  readonly interpreter: string | null;
  readonly maxGlibcVersion: string | null;
  readonly interpreterFound: boolean | null;
  readonly highestSymbols: string[] | null;
}

function libc(...args: readonly string[]): Libc {
  return JSON.parse(run(['libc', '--json', ...args]).stdout).files[0];
}

describe('libc', () => {
  before(function () {
    needs(this, 'gcc', 'apt-get install gcc libc6-dev');
  });

  it('tells the libraries of real programs', function () {
    const dynamic = libc(program('gcc', '-O2'));
    assert.deepEqual([dynamic.flavor, dynamic.interpreter], ['glibc', 'glibc']);
    assert.match(dynamic.maxGlibcVersion ?? '', /^2\.\d+/);
    assert.equal(dynamic.interpreterFound, true);
    const fixed = libc(program('gcc', '-static'));
    assert.deepEqual([fixed.flavor, fixed.interpreter], ['none', null]);
    const conflict = program('gcc', '-O2', '-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1');
    assert.deepEqual([libc(conflict).flavor, libc(conflict).interpreter], ['glibc', 'musl']);
    const { stdout } = run(['libc', conflict]);
    assert.match(stdout, /linked against glibc, but started by the loader of musl/);
    needs(this, 'musl-gcc', 'apt-get install musl-tools');
    const musl = libc(program('musl-gcc', '-O2'));
    assert.deepEqual([musl.flavor, musl.interpreter, musl.maxGlibcVersion], ['musl', 'musl', null]);
  });

  it('needs the version that objdump finds highest', function () {
    needs(this, 'objdump', 'apt-get install binutils');
    const path = program('gcc', '-O2');
    const text = execFileSync('objdump', ['-T', path], { encoding: 'utf8' });
    const versions = [...text.matchAll(/GLIBC_(2[.\d]+)/g)].map((match) => match[1]!);
    const minor = (version: string): number => Number(version.split('.')[1]);
    const highest = versions.sort((a, b) => minor(a) - minor(b)).at(-1);
    assert.equal(libc(path).maxGlibcVersion, highest);
  });

  it('names the symbols that ask for the highest version', function () {
    needs(this, 'objdump', 'apt-get install binutils');
    const path = program('gcc', '-O2');
    const { maxGlibcVersion, highestSymbols } = libc('--symbols', path);
    const text = execFileSync('objdump', ['-T', path], { encoding: 'utf8' });
    const expected = text
      .split('\n')
      .filter((line) => line.includes(`(GLIBC_${maxGlibcVersion})`))
      .map((line) => line.trim().split(/\s+/).at(-1)!);
    assert.ok(expected.length > 0);
    assert.deepEqual([...(highestSymbols ?? [])].sort(), expected.sort());
    assert.equal(libc(path).highestSymbols, null);
  });

  it('looks for the interpreter below another root', () => {
    const path = program('gcc', '-O2');
    const root = join(folder(), 'root');
    mkdirSync(join(root, 'lib64'), { recursive: true });
    assert.equal(libc('--root', root, path).interpreterFound, false);
    writeFileSync(join(root, 'lib64', 'ld-linux-x86-64.so.2'), '');
    mkdirSync(join(root, 'lib'), { recursive: true });
    writeFileSync(join(root, 'lib', 'ld-linux-aarch64.so.1'), '');
    assert.equal(libc('--root', root, path).interpreterFound, true);
  });

  it('sees that a Go program of position-independent code has no libc', function () {
    needs(this, 'go', 'https://go.dev/doc/install');
    this.timeout(180_000);
    const place = join(folder(), 'go-pie');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'go.mod'), 'module example.com/pie\ngo 1.20\n');
    writeFileSync(join(place, 'main.go'), 'package main\nfunc main() {}\n');
    const env = {
      ...process.env,
      CGO_ENABLED: '0',
      GOTOOLCHAIN: 'local',
      GOFLAGS: '-buildvcs=false',
    };
    execFileSync('go', ['build', '-buildmode=pie', '-o', 'pie', '.'], { cwd: place, env });
    const facts = libc(join(place, 'pie'));
    assert.deepEqual([facts.flavor, facts.interpreter], ['none', 'glibc']);
  });
});
