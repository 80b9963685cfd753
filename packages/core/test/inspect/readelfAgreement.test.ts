// SPDX-License-Identifier: Apache-2.0
// Differential tests: every field against readelf, on compiled fixtures of many machines and on
// what this host has installed.
import assert from 'node:assert/strict';
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { openElf } from '../../src/elf/elfFile.ts';
import { inspectElf } from '../../src/inspect/inspectElf.ts';
import { assertSameReport, assertSameTables } from '../fixtures/agreement.ts';
import { gcc, LIBRARY_C, made, needsTools, zigLibrary } from '../fixtures/compile.ts';
import { readelf } from '../fixtures/readelf.ts';

/** Every file in which the two readers disagree, with the first difference. */
function disagreements(paths: readonly string[]): string[] {
  const all = readelf(paths);
  assert.equal(all.length, paths.length, 'readelf did not answer for every file');
  const found: string[] = [];
  paths.forEach((path, i) => {
    const theirs = all[i]!;
    assert.equal(theirs.path, Buffer.from(path).toString('latin1'));
    const elf = openElf(path);
    try {
      assertSameTables(elf, theirs);
      const report = inspectElf(elf);
      assertSameReport(report, theirs);
      assert.deepEqual(report.diagnostics, []);
    } catch (error) {
      found.push(`${path}: ${(error as Error).message}`);
    } finally {
      elf.source.close();
    }
  });
  return found;
}

const GCC_VARIANTS: readonly (readonly [string, ...string[]])[] = [
  ['a pie', '-O2', '-pie', '-fPIE'],
  ['no pie', '-O2', '-no-pie'],
  ['static', '-O2', '-static'],
  ['static-pie', '-O2', '-static-pie'],
  [
    'everything hardened',
    '-O2',
    '-D_FORTIFY_SOURCE=2',
    '-fstack-protector-all',
    '-Wl,-z,relro,-z,now',
  ],
  ['CET', '-O2', '-fcf-protection=full', '-Wl,-z,ibt,-z,shstk'],
  ['nothing hardened', '-no-pie', '-Wl,-z,norelro,-z,lazy,-z,execstack'],
  ['RUNPATH', '-Wl,--enable-new-dtags,-rpath,$ORIGIN/../lib:/opt/x'],
  ['RPATH', '-Wl,--disable-new-dtags,-rpath,$ORIGIN/../lib:$LIB/$PLATFORM'],
  ['no build ID', '-Wl,--build-id=none'],
  ['a long build ID', '-Wl,--build-id=0xdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef'],
  ['stripped', '-s'],
  ['SysV hash', '-Wl,--hash-style=sysv'],
  ['packed relocations', '-O2', '-Wl,-z,pack-relative-relocs'],
  ['debug information', '-g', '-gz=zlib'],
  ['a loader elsewhere', '-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1'],
  ['no loader', '-Wl,--no-dynamic-linker'],
  ['package metadata', '-Xlinker', '--package-metadata={"type":"deb","name":"fixture"}'],
];

describe('inspect/readelf agrees', () => {
  before(function () {
    needsTools(this, 'readelf');
  });

  for (const [what, ...args] of GCC_VARIANTS) {
    it(`gcc, ${what}`, function () {
      needsTools(this, 'gcc');
      assert.deepEqual(disagreements([gcc(args)]), []);
    });
  }

  it('a shared library with versions of its own', function () {
    needsTools(this, 'gcc');
    const map = 'V_1 { global: answer; };\nV_2 { global: other; local: *; } V_1;\n';
    const source = 'int answer(int x) { return x; }\nint other(int x) { return x + 1; }\n';
    const path = made({
      sources: { 'main.c': source, 'x.map': map },
      commands: [
        [
          'gcc',
          '-shared',
          '-fPIC',
          '-Wl,--version-script=x.map,-soname,libv.so.2',
          '-o',
          'out',
          'main.c',
        ],
      ],
      output: 'out',
    });
    assert.deepEqual(disagreements([path]), []);
  });

  it('an object file', function () {
    needsTools(this, 'gcc');
    assert.deepEqual(disagreements([gcc(['-c', '-ffunction-sections'])]), []);
  });

  it('a separate debug file and what it was split from', function () {
    needsTools(this, 'gcc', 'objcopy');
    const split = (output: string): string =>
      made({
        sources: { 'main.c': LIBRARY_C },
        commands: [
          ['gcc', '-g', '-shared', '-fPIC', '-o', 'whole', 'main.c'],
          ['objcopy', '--only-keep-debug', 'whole', 'lib.debug'],
          ['objcopy', '--strip-debug', '--add-gnu-debuglink=lib.debug', 'whole', 'lib.so'],
        ],
        output,
      });
    assert.deepEqual(disagreements([split('lib.so'), split('lib.debug')]), []);
  });

  for (const args of [['-O2'], ['-static'], ['-static-pie', '-fPIE'], ['-shared', '-fPIC']]) {
    it(`musl-gcc ${args.join(' ')}`, function () {
      needsTools(this, 'musl-gcc');
      assert.deepEqual(disagreements([gcc(args, undefined, 'musl-gcc')]), []);
    });
  }

  for (const target of [
    'aarch64-linux-musl',
    'arm-linux-musleabihf',
    'riscv64-linux-musl',
    's390x-linux-musl',
    'mips-linux-musleabi',
    'mipsel-linux-musleabi',
    'powerpc64-linux-musl',
    'x86-linux-musl',
    'loongarch64-linux-musl',
  ]) {
    it(`zig cc for ${target}`, function () {
      needsTools(this, 'zig');
      assert.deepEqual(disagreements([zigLibrary(target)]), []);
    });
  }

  it('66,000 sections', function () {
    needsTools(this, 'gcc');
    const lines = Array.from({ length: 66_000 }, (_, i) => `.section .s${i},"a"; .byte 1`);
    const path = made({
      sources: { 'many.s': `${lines.join('\n')}\n` },
      commands: [['gcc', '-c', '-o', 'out', 'many.s']],
      output: 'out',
    });
    assert.deepEqual(disagreements([path]), []);
  });

  it('every file of /usr/bin and the system libraries', () => {
    const paths = [
      '/usr/bin',
      '/usr/lib/x86_64-linux-gnu',
      '/usr/lib64',
      '/usr/lib/aarch64-linux-gnu',
    ]
      .flatMap(filesOf)
      .slice(0, 2500);
    assert.ok(paths.length > 50, `only ${paths.length} ELF files found`);
    assert.deepEqual(disagreements(paths), []);
  });
});

function filesOf(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(folder, entry.name));
    return realpathSync(folder) === folder ? files.filter(isElf) : [];
  } catch {
    return [];
  }
}

function isElf(path: string): boolean {
  try {
    openElf(path).source.close();
    return true;
  } catch {
    return false;
  }
}
