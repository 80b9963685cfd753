// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { openElf } from '@otelkit/core';
import fc from 'fast-check';
import { copyDemangler } from '../../bin/copyDemangler.mjs';
import { withMostMemory } from '../../src/demangle/boundedMemory.ts';
import { Demangler, openFileSymbols, readDemangler } from '../../src/index.ts';
import { needsTools, Workshop } from '../fixtures/build.ts';

const MODULE = readFileSync(
  createRequire(import.meta.url).resolve('gecko-profiler-demangle/index_bg.wasm'),
);

/** `a<a<…>, a<…>>` to the given depth: text that doubles with each level. */
function bomb(levels: number): string {
  const reference = (i: number): string =>
    i === 0 ? 'S_' : `S${(i - 1).toString(36).toUpperCase()}_`;
  let name = '_Z1f1aIiiE';
  for (let i = 1; i <= levels; i++) name += `S_I${reference(i)}${reference(i)}E`;
  return name;
}

describe('demangling', () => {
  it('gives C++ and Rust names as their sources have them', () => {
    const demangler = new Demangler(MODULE);
    const names = {
      _ZN3foo3barEv: 'foo::bar()',
      '_ZN3foo3barEv@plt': 'foo::bar()@plt',
      '_Z1fv.cold': 'f() [clone .cold]',
      _RNvC6_123foo3bar: '123foo::bar',
      _ZN5alloc3vec12Vec$LT$T$GT$4push17h0123456789abcdefE: 'alloc::vec::Vec<T>::push',
      main: 'main',
      _Z: '_Z',
      _ZNotMangled: '_ZNotMangled',
      'runtime.main': 'runtime.main',
      '?msvc@@YAXXZ': '?msvc@@YAXXZ',
      '': '',
    };
    for (const [mangled, plain] of Object.entries(names)) {
      assert.equal(demangler.demangle(mangled), plain);
    }
  });

  it('agrees with c++filt on the names of libstdc++, but for spaces', function () {
    const path = '/usr/lib/x86_64-linux-gnu/libstdc++.so.6';
    needsTools(this, 'nm', 'c++filt');
    let text = '';
    try {
      text = execFileSync('nm', ['-D', '--defined-only', path], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
    } catch {
      console.log(`skip: ${path} is not here, install with: apt-get install libstdc++6`);
      this.skip();
    }
    // Not those with abbreviations (`std::string`), which c++filt writes out, and thunks.
    const names = [...text.matchAll(/ [tTwW] (_Z(?!T)\w+)/g)]
      .map((match) => match[1]!)
      .filter((name) => !/S[absiod]/.test(name));
    const options = { input: `${names.join('\n')}\n`, encoding: 'utf8' } as const;
    const theirs = execFileSync('c++filt', options).trim().split('\n');
    const demangler = new Demangler(MODULE);
    const plain = (name: string): string => name.replace(/\s/g, '');
    let equal = 0;
    for (const [i, name] of names.entries()) {
      const ours = demangler.demangle(name);
      // c++filt also says what a function template returns.
      if (plain(theirs[i]!).endsWith(plain(ours))) equal++;
      assert.notEqual(ours, name);
    }
    assert.ok(names.length > 100 && equal >= names.length * 0.98, `${equal} of ${names.length}`);
  });

  it('stays within its memory, and goes on after a name that needs more', () => {
    const demangler = new Demangler(MODULE);
    assert.ok(demangler.demangle(bomb(5)).startsWith('f(a<int, int>'));
    assert.equal(demangler.demangle(bomb(40)), bomb(40));
    assert.equal(demangler.failureCount, 1);
    assert.equal(demangler.demangle('_ZN3foo3barEv'), 'foo::bar()');
    assert.ok(demangler.demangle(bomb(12)).length < 17_000);
  });

  it('tries no more when names keep failing', () => {
    const demangler = new Demangler(MODULE);
    for (let i = 0; i < 20; i++) demangler.demangle(bomb(40));
    assert.equal(demangler.failureCount, 16);
    assert.equal(demangler.demangle('_ZN3foo3barEv'), '_ZN3foo3barEv');
  });

  it('survives any name', () => {
    const demangler = new Demangler(MODULE);
    const start = fc.constantFrom('_Z', '_R', '__Z', '_ZN', '_RNv', '_ZSt');
    const rest = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(fc.constantFrom(...'NSIEKRPOiT_0123abBCFLJDX'), { maxLength: 80 }),
    );
    fc.assert(
      fc.property(start, rest, (head, tail) => {
        const name = head + (typeof tail === 'string' ? tail : tail.join(''));
        assert.equal(typeof demangler.demangle(name), 'string');
      }),
      { numRuns: 2_000 },
    );
  });

  it('comes to the bundle of a tool with its licence', async () => {
    const shop = new Workshop();
    try {
      shop.write('THIRD_PARTY.txt', 'others\n');
      const demangler = readDemangler(await copyDemangler(shop.folder));
      assert.equal(demangler?.demangle('_ZN3foo3barEv'), 'foo::bar()');
      assert.match(
        readFileSync(shop.path('THIRD_PARTY.txt'), 'utf8'),
        /^others\n[\s\S]*gecko.*0\.4\.0/,
      );
      assert.equal(readDemangler(shop.path('none')), undefined);
      const none = readDemangler(shop.path('THIRD_PARTY.txt'));
      assert.equal(none?.demangle('_ZN3foo3barEv'), '_ZN3foo3barEv');
    } finally {
      shop.remove();
    }
  });

  it('takes nothing for a module that is none', () => {
    assert.throws(() => withMostMemory(Buffer.from('no module'), 1));
    assert.throws(() => new Demangler(MODULE.subarray(0, 1_000)));
  });

  it('leaves both names in the frames of a file', function () {
    needsTools(this, 'g++', 'nm');
    const shop = new Workshop();
    try {
      shop.write(
        'a.cc',
        'namespace n { int f(int x) { return x; } }\nint main() { return n::f(0); }\n',
      );
      shop.run('g++', '-O0', '-o', 'a', 'a.cc');
      const address = /^([0-9a-f]+) T _ZN1n1fEi$/m.exec(shop.run('nm', 'a'))![1]!;
      const place = { path: '/a', root: shop.folder };
      const symbols = openFileSymbols(openElf(shop.path('a')), place, new Demangler(MODULE));
      assert.deepEqual(symbols.resolve(Number.parseInt(address, 16)), [
        { functionName: 'n::f(int)', systemName: '_ZN1n1fEi', isInlined: false },
      ]);
      symbols.close();
    } finally {
      shop.remove();
    }
  });
});
