// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { checkShape, checkShapeOfBytes } from '../../src/build/checkShape.ts';
import { findLibrary } from '../../src/library/find.ts';

/** One thing wrong each: the compiler's options or the source, and what must be named. */
const WRONG: readonly (readonly [string, string, readonly string[], string])[] = [
  ['a needed library', 'int x(void){return 0;}', ['-Wl,--no-as-needed', '-lc'], 'DT_NEEDED'],
  [
    'a strong reference',
    'int y(void); int x(void){return y();}',
    ['-nostdlib'],
    'undefined strong symbols',
  ],
  ['an export', 'int x(void){return 0;}', ['-nostdlib'], 'exported symbols'],
  ['thread-local storage', '__thread int t = 1; int x(void){return t++;}', ['-nostdlib'], 'PT_TLS'],
  [
    'an executable stack',
    'int x(void){return 0;}',
    ['-nostdlib', '-Wl,-z,execstack'],
    'PT_GNU_STACK',
  ],
  ['partial RELRO', 'int x(void){return 0;}', ['-nostdlib', '-Wl,-z,lazy'], 'RELRO'],
  ['another SONAME', 'int x(void){return 0;}', ['-nostdlib', '-Wl,-soname,other.so'], 'DT_SONAME'],
  [
    'two constructors',
    '__attribute__((constructor)) static void a(void){} __attribute__((constructor)) static void b(void){}',
    ['-nostdlib'],
    'DT_INIT_ARRAY',
  ],
  [
    'too many bytes',
    'static const char big[70000] = {1}; const char *x(int i){return big+i;}',
    ['-nostdlib'],
    'size',
  ],
];

describe('the shape of the library', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'otel-inject-shape-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is as it must be in what this checkout builds', function () {
    let path: string;
    try {
      path = findLibrary({ from: fileURLToPath(import.meta.url) }).path;
    } catch {
      console.log('skip: no libotelinject.so, build it with: node native/injector/build.mjs');
      return this.skip();
    }
    const { ok, checks, diagnostics } = checkShape(path);
    assert.ok(ok, JSON.stringify([checks.filter((one) => !one.ok), diagnostics]));
  });

  for (const [what, source, options, field] of WRONG) {
    it(`is refused with ${what}`, function () {
      writeFileSync(join(folder, 'x.c'), `${source}\n`);
      const out = join(folder, 'libotelinject.so');
      const args = ['-shared', '-fPIC', '-O1', '-Wl,-soname,libotelinject.so', 'x.c', '-o', out];
      const compiled = spawnSync('gcc', [...args, ...options], { cwd: folder, encoding: 'utf8' });
      if (compiled.error !== undefined) {
        console.log('skip: no gcc, install with: apt-get install gcc');
        return this.skip();
      }
      assert.equal(compiled.status, 0, compiled.stderr);
      const { ok, checks } = checkShape(out);
      assert.equal(ok, false);
      const bad = checks.filter((check) => !check.ok).map((check) => check.field);
      assert.ok(bad.includes(field), `${field} is not among ${bad}`);
    });
  }

  it('agrees with readelf on constructors, and names the machine that was not meant', () => {
    const path = join(folder, 'libotelinject.so');
    writeFileSync(join(folder, 'x.c'), 'int x;\n');
    execFileSync('gcc', ['-shared', '-nostdlib', '-fPIC', 'x.c', '-o', path], { cwd: folder });
    const other = process.arch === 'x64' ? 'aarch64' : 'x86_64';
    const machine = checkShape(path, other).checks.find((check) => check.field === 'e_machine')!;
    assert.deepEqual([machine.ok, machine.expected], [false, other]);
    const dynamic = execFileSync('readelf', ['-dW', path], { encoding: 'utf8' });
    const shown = checkShape(path).checks.find((check) => check.field === 'DT_INIT_ARRAY')!;
    assert.equal(shown.found === '0', !dynamic.includes('INIT_ARRAYSZ'));
  });

  it('never says yes to a damaged file, and never throws anything unexpected', function () {
    let bytes: Buffer;
    try {
      bytes = readFileSync(findLibrary({ from: fileURLToPath(import.meta.url) }).path);
    } catch {
      return this.skip();
    }
    const positions = fc.array(fc.tuple(fc.nat(4095), fc.nat(255)), { minLength: 1, maxLength: 8 });
    const property = fc.property(positions, (changes) => {
      const damaged = Buffer.from(bytes);
      for (const [at, value] of changes) damaged[at] = value;
      try {
        checkShapeOfBytes('libotelinject.so', damaged);
      } catch (error) {
        assert.match(`${(error as { code?: string }).code}`, /^(io|not-elf|malformed)$/);
      }
    });
    fc.assert(property, { numRuns: 300 });
    const half = bytes.subarray(0, bytes.length >> 1);
    assert.equal(checkShapeOfBytes('libotelinject.so', half).ok, false);
  });
});
