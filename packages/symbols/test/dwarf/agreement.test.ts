// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { needsTools, Workshop } from '../fixtures/build.ts';
import { type FrameAgreement, frameAgreement, type Share } from './frameAgreement.ts';
import {
  C_SOURCE,
  CPP_SOURCE,
  GO_SOURCE,
  needsDwarf,
  RUST_SOURCE,
  SPLIT_SOURCE,
  ZIG_SOURCE,
} from './programs.ts';

const SAMPLES = 1_500;

describe('lines and inlined calls agree with llvm-symbolizer', () => {
  let shop: Workshop;
  before(() => {
    shop = new Workshop();
    shop.write('c.c', C_SOURCE);
  });
  after(() => shop.remove());

  /** At least so many addresses with lines, or nothing would be compared. */
  function assertAgrees(context: Mocha.Context, name: string, leastLines = 100): void {
    const module = needsDwarf(context);
    const found = frameAgreement(module, shop.path(name), SAMPLES);
    const report = found.different.join('\n');
    const share = ({ equal, compared }: Share): number => equal / compared;
    assert.ok(found.lines.compared >= leastLines, `${found.lines.compared} lines`);
    assert.ok(share(found.functions) >= 0.99, report);
    assert.ok(share(found.lines) >= 0.98, report);
    assert.ok(share(found.depths) >= 0.99, report);
    assert.ok(share(found.calls) >= 0.98, report);
  }

  function assertSame({ lines, depths, different }: FrameAgreement): void {
    assert.ok(lines.compared > 100);
    assert.deepEqual([lines.equal, depths.equal], [lines.compared, depths.compared], different[0]);
  }

  const variants: Record<string, string[]> = {
    'DWARF 4': ['-gdwarf-4'],
    'DWARF 5': ['-gdwarf-5'],
    'DWARF 4 in .dwo files': ['-gdwarf-4', '-gsplit-dwarf'],
    'DWARF 5 in .dwo files': ['-gdwarf-5', '-gsplit-dwarf'],
    'zlib sections': ['-g', '-gz=zlib'],
    'link-time optimization': ['-g', '-flto'],
  };
  for (const [what, flags] of Object.entries(variants)) {
    it(`in C: ${what}`, function () {
      needsTools(this, 'llvm-symbolizer-19', 'nm', 'gcc');
      shop.run('gcc', '-O2', ...flags, '-o', 'c', 'c.c');
      assertAgrees(this, 'c');
    });
  }

  it('in C: zstd sections', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'gcc', 'llvm-objcopy-19');
    shop.run('gcc', '-O2', '-g', '-o', 'plain', 'c.c');
    shop.run('llvm-objcopy-19', '--compress-debug-sections=zstd', 'plain', 'zstd');
    assertAgrees(this, 'zstd');
  });

  // Of DWARF 5 made by GCC, llvm-dwp 19 does not come to an end: Rust's own is used below.
  it('in C: DWARF 4 in a .dwp file', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'gcc', 'llvm-dwp-19');
    shop.write('d.c', 'int other(int x) { return x * 3 + 1; }');
    shop.run('gcc', '-O2', '-gdwarf-4', '-gsplit-dwarf', '-o', 'packed', 'c.c', 'd.c');
    shop.run('llvm-dwp-19', '-e', 'packed', '-o', 'packed.dwp');
    for (const name of readdirSync(shop.folder)) {
      if (name.endsWith('.dwo')) rmSync(shop.path(name));
    }
    assertAgrees(this, 'packed');
  });

  it('in C: .zdebug sections, which llvm-symbolizer no longer reads', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'gcc');
    const module = needsDwarf(this);
    shop.run('gcc', '-O2', '-g', '-o', 'plain', 'c.c');
    shop.run('gcc', '-O2', '-g', '-gz=zlib-gnu', '-o', 'zdebug', 'c.c');
    assertSame(frameAgreement(module, shop.path('plain'), SAMPLES, shop.path('zdebug')));
  });

  it('in C: a stripped program and its debug file', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'gcc', 'objcopy', 'strip');
    const module = needsDwarf(this);
    shop.run('gcc', '-O2', '-g', '-o', 'whole', 'c.c');
    shop.run('objcopy', '--only-keep-debug', 'whole', 'app.debug');
    shop.run('strip', '-o', 'app', 'whole');
    shop.run('objcopy', '--add-gnu-debuglink=app.debug', 'app');
    assertSame(frameAgreement(module, shop.path('whole'), SAMPLES, shop.path('app')));
  });

  it('in C: what was split off, by the name of the source in a stripped program', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'gcc', 'objcopy', 'strip');
    shop.write('split.c', SPLIT_SOURCE);
    shop.run('gcc', '-O2', '-g', '-o', 'split', 'split.c');
    assert.match(shop.run('nm', 'split'), /parse\.cold/);
    shop.run('objcopy', '--only-keep-debug', 'split', 'split.debug');
    shop.run('strip', 'split');
    shop.run('objcopy', '--add-gnu-debuglink=split.debug', 'split');
    assertAgrees(this, 'split');
  });

  it('in C++', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'g++');
    shop.write('cc.cc', CPP_SOURCE);
    shop.run('g++', '-O2', '-g', '-o', 'cc', 'cc.cc');
    assertAgrees(this, 'cc', 1_000);
  });

  it('in Rust: DWARF 5 in a .dwp file', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'rustc');
    shop.write('r.rs', RUST_SOURCE);
    const packed = ['-C', 'split-debuginfo=packed', '-C', 'dwarf-version=5'];
    shop.run('rustc', '-O', '-g', ...packed, '-C', 'symbol-mangling-version=v0', 'r.rs');
    assertAgrees(this, 'r', 500);
  });

  it('in Go, whose own tables are used', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'go');
    shop.write('go/main.go', GO_SOURCE);
    shop.run('go', 'build', '-o', 'g', './go/main.go');
    assertAgrees(this, 'g', 1_000);
  });

  it('in Zig', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'zig');
    shop.write('z.zig', ZIG_SOURCE);
    const cache = ['--cache-dir', shop.path('cache'), '--global-cache-dir', shop.path('cache')];
    // Its run-time library takes five times as long to compile.
    const flags = ['-O', 'fast', '-fno-strip', '-fno-compiler-rt', '-fno-ubsan-rt'];
    shop.run('zig', 'build-lib', '-dynamic', ...flags, 'z.zig', ...cache);
    assertAgrees(this, 'libz.so', 20);
  });
});
