// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { gnuBuildId, openElf } from '@otelkit/core';
import { type FileSymbols, openFileSymbols } from '../../src/index.ts';
import { needsTools, Workshop } from '../fixtures/build.ts';

const SOURCE = `#include <stdlib.h>
__attribute__((noinline)) static int secret(int x) { return x * 3 + abs(x); }
__attribute__((noinline)) int open_to_all(int x) { return secret(x) + 1; }
int main(int argc, char **argv) { (void)argv; return open_to_all(argc) + atoi("1"); }
`;

describe('function names of native code', () => {
  let shop: Workshop;
  let secret: number;
  let exported: number;
  beforeEach(function () {
    needsTools(this, 'gcc', 'nm', 'objcopy', 'strip');
    shop = new Workshop();
    shop.write('app.c', SOURCE);
    shop.run('gcc', '-g', '-O1', '-rdynamic', '-Wl,--build-id', '-o', 'app', 'app.c');
    const nm = shop.run('nm', 'app');
    const addressOf = (name: string): number =>
      Number.parseInt(new RegExp(`^([0-9a-f]+) . ${name}$`, 'm').exec(nm)![1]!, 16);
    secret = addressOf('secret');
    exported = addressOf('open_to_all');
  });
  afterEach(() => shop?.remove());

  function open(name: string, debugDirectories: string[] = []): FileSymbols {
    const elf = openElf(shop.path(name));
    return openFileSymbols(elf, { path: `/${name}`, root: shop.folder, debugDirectories });
  }
  const nameIn = (symbols: FileSymbols, address: number): string | undefined => {
    const name = symbols.resolve(address + 1)[0]?.functionName;
    symbols.close();
    return name;
  };

  it('come from .symtab', () => {
    assert.equal(nameIn(open('app'), secret), 'secret');
    assert.deepEqual(open('app').evidence, ['symtab', 'plt']);
  });

  it('stay away from addresses that only stripped functions had', () => {
    shop.run('strip', '-o', 'stripped', 'app');
    assert.equal(nameIn(open('stripped'), secret), undefined);
    assert.equal(nameIn(open('stripped'), exported), 'open_to_all');
    assert.deepEqual(open('stripped').evidence, ['dynsym', 'plt']);
  });

  it('come from the debug file of the same build ID', () => {
    const id = gnuBuildId(openElf(shop.path('app')))!;
    const folder = shop.path(`usr/lib/debug/.build-id/${id.slice(0, 2)}`);
    mkdirSync(folder, { recursive: true });
    shop.run('objcopy', '--only-keep-debug', 'app', `${folder}/${id.slice(2)}.debug`);
    shop.run('strip', '-o', 'stripped', 'app');
    const symbols = open('stripped', ['/usr/lib/debug']);
    assert.deepEqual(symbols.evidence, ['debug-file', 'plt']);
    assert.equal(nameIn(symbols, secret), 'secret');
  });

  it('come from our own root, by build ID, when that of the process is gone', () => {
    const id = gnuBuildId(openElf(shop.path('app')))!;
    const folder = shop.path(`debug/.build-id/${id.slice(0, 2)}`);
    mkdirSync(folder, { recursive: true });
    shop.run('objcopy', '--only-keep-debug', 'app', `${folder}/${id.slice(2)}.debug`);
    shop.run('strip', '-o', 'stripped', 'app');
    const elf = openElf(shop.path('stripped'));
    const root = '/proc/4194304/root';
    const debugDirectories = [shop.path('debug')];
    const symbols = openFileSymbols(elf, { path: '/stripped', root, debugDirectories });
    assert.equal(nameIn(symbols, secret), 'secret');
  });

  it('do not come from a debug file of another program', () => {
    const id = gnuBuildId(openElf(shop.path('app')))!;
    shop.write('other.c', 'int main(void) { return 0; }\nint secret(void) { return 1; }\n');
    shop.run('gcc', '-Wl,--build-id', '-o', 'other', 'other.c');
    const folder = shop.path(`usr/lib/debug/.build-id/${id.slice(0, 2)}`);
    mkdirSync(folder, { recursive: true });
    copyFileSync(shop.path('other'), `${folder}/${id.slice(2)}.debug`);
    shop.run('strip', '-o', 'stripped', 'app');
    assert.equal(nameIn(open('stripped', ['/usr/lib/debug']), secret), undefined);
  });

  it('come from the file that .gnu_debuglink names, by its checksum without a build ID', () => {
    shop.run('objcopy', '--remove-section=.note.gnu.build-id', 'app', 'plain');
    shop.run('objcopy', '--only-keep-debug', 'plain', 'plain.debug');
    shop.run('strip', '-o', 'stripped', 'plain');
    shop.run('objcopy', '--add-gnu-debuglink=plain.debug', 'stripped', 'linked');
    assert.equal(nameIn(open('linked'), secret), 'secret');
    shop.write('plain.debug', readFileSync(shop.path('app')));
    assert.equal(nameIn(open('linked'), secret), undefined);
  });

  it('follow links inside the root of the process only', () => {
    const id = gnuBuildId(openElf(shop.path('app')))!;
    const folder = shop.path(`usr/lib/debug/.build-id/${id.slice(0, 2)}`);
    mkdirSync(folder, { recursive: true });
    shop.run('strip', '-o', 'stripped', 'app');
    // Outside this path exists, inside it does not.
    symlinkSync(shop.path('app'), `${folder}/${id.slice(2)}.debug`);
    assert.equal(nameIn(open('stripped', ['/usr/lib/debug']), secret), undefined);
    shop.run('ln', '-sf', '/app', `${folder}/${id.slice(2)}.debug`);
    assert.equal(nameIn(open('stripped', ['/usr/lib/debug']), secret), 'secret');
  });

  it('come from .gnu_debugdata, and what that lacks from .dynsym', function () {
    needsTools(this, 'xz');
    shop.run('objcopy', '-S', '--keep-symbol=secret', 'app', 'mini');
    shop.run('xz', 'mini');
    shop.run('strip', '-o', 'stripped', 'app');
    shop.run('objcopy', '--add-section=.gnu_debugdata=mini.xz', 'stripped', 'packed');
    assert.equal(nameIn(open('packed'), secret), 'secret');
    assert.equal(nameIn(open('packed'), exported), 'open_to_all');
  });

  it('are none in an object file, whose addresses are not those of a program', () => {
    shop.run('gcc', '-c', '-o', 'app.o', 'app.c');
    const symbols = open('app.o');
    for (let vaddr = 0; vaddr < 64; vaddr++) assert.deepEqual(symbols.resolve(vaddr), []);
    symbols.close();
  });

  it('are name@plt for stubs', () => {
    for (const flags of [[], ['-fcf-protection=none', '-Wl,-z,lazy'], ['-Wl,-z,now', '-fno-plt']]) {
      shop.run('gcc', '-O1', ...flags, '-o', 'stubs', 'app.c');
      const symbols = open('stubs');
      const elf = openElf(shop.path('stubs'));
      const named = new Set<string>();
      for (const section of elf.sections.filter(({ name }) => name.startsWith('.plt'))) {
        for (let at = 0; at < section.sizeBytes; at++) {
          const name = symbols.resolve(Number(section.addr) + at)[0]?.functionName;
          if (name !== undefined) named.add(name);
        }
      }
      elf.source.close();
      symbols.close();
      // With -fno-plt calls go through the GOT: there may be no stub for atoi.
      if (!flags.includes('-fno-plt'))
        assert.ok([...named].some((n) => /^(atoi|strtol)@plt$/.test(n)));
      for (const name of named) assert.match(name, /^\w+@plt$/);
    }
  });

  it('are of stubs of AArch64 too', function () {
    needsTools(this, 'zig');
    shop.write('lib.c', 'int other(int);\nint mine(int x) { return other(x) + 1; }\n');
    const args = ['cc', '-target', 'aarch64-linux-gnu', '-nostdlib', '-shared', '-fPIC', '-O1'];
    for (const flags of [[], ['-mbranch-protection=bti', '-Wl,-z,force-bti']]) {
      try {
        shop.run('zig', ...args, ...flags, '-o', 'lib.so', 'lib.c');
      } catch {
        // Zig's linker does not take every flag.
        continue;
      }
      const elf = openElf(shop.path('lib.so'));
      const plt = elf.section('.plt')!;
      const symbols = open('lib.so');
      const last = Number(plt.addr) + plt.sizeBytes - 16;
      assert.equal(symbols.resolve(last)[0]?.functionName, 'other@plt');
      assert.equal(symbols.resolve(Number(plt.addr))[0]?.functionName, undefined);
      elf.source.close();
      symbols.close();
    }
  });

  it('are the functions, not labels and marks within', () => {
    shop.write(
      'asm.s',
      `.globl _start
_start: nop
  nop
.Llocal: nop
inner_label: nop
.globl sized
.type sized, @function
sized: nop
label_in_sized: nop
$x: nop
.size sized, . - sized
.section .note.GNU-stack,"",@progbits
`,
    );
    shop.run('gcc', '-nostdlib', '-static', '-Wl,--build-id=none', '-o', 'asm', 'asm.s');
    const symbols = open('asm');
    const elf = openElf(shop.path('asm'));
    const text = Number(elf.section('.text')!.addr);
    const names = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => symbols.resolve(text + i)[0]?.functionName);
    const expected = ['_start', '_start', '_start', 'inner_label', 'sized', 'sized', 'sized'];
    assert.deepEqual(names, [...expected, undefined]);
    elf.source.close();
    symbols.close();
  });
});
