// SPDX-License-Identifier: Apache-2.0
// Whatever is done to a file: names, or none and a diagnostic, but no exception and no hang.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ElfFile, InputError, MemorySource } from '@otelkit/core';
import fc from 'fast-check';
import { openFileSymbols } from '../../src/index.ts';
import { findTool, Workshop } from '../fixtures/build.ts';

const RUNS = 150;

describe('damaged files', () => {
  let shop: Workshop;
  const originals: Buffer[] = [];
  before(function () {
    if (findTool('gcc') === undefined) {
      console.log('skip: gcc is not here, install with: apt-get install gcc libc6-dev');
      this.skip();
    }
    shop = new Workshop();
    shop.write('app.c', '#include <stdio.h>\nint main(void) { puts("x"); return 0; }\n');
    shop.run('gcc', '-o', 'app', 'app.c');
    originals.push(readFileSync(shop.path('app')));
    if (findTool('go') === undefined) return;
    shop.write('main.go', 'package main\nfunc main() { println(1) }\n');
    shop.run('go', 'build', '-ldflags=-s -w', '-o', 'go-app', 'main.go');
    originals.push(readFileSync(shop.path('go-app')));
  });
  after(() => shop?.remove());

  function lookUp(bytes: Buffer): void {
    let elf: ElfFile;
    try {
      elf = new ElfFile(new MemorySource('damaged', bytes));
    } catch (error) {
      assert.ok(error instanceof InputError);
      return;
    }
    const symbols = openFileSymbols(elf, { path: '', root: '' });
    for (const load of elf.loads) {
      for (let i = 0; i < 64; i++) {
        const vaddr = Number(load.vaddr) + Math.floor((load.memSizeBytes * i) / 64);
        for (const frame of symbols.resolve(vaddr)) assert.notEqual(frame.functionName, '');
      }
    }
    for (const vaddr of [-1, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
      assert.deepEqual(symbols.resolve(vaddr), []);
    }
    symbols.close();
  }

  it('with bytes changed at random', () => {
    for (const original of originals) {
      const change = fc.tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 255 }),
      );
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 40 }), (changes) => {
          const bytes = Buffer.from(original);
          for (const [where, value] of changes) {
            bytes[Math.min(bytes.length - 1, Math.floor(where * bytes.length))] = value;
          }
          lookUp(bytes);
        }),
        { numRuns: RUNS },
      );
    }
  });

  it('with numbers of their headers and tables changed', () => {
    for (const original of originals) {
      const at = fc.integer({ min: 0, max: Math.min(0x400, original.length) - 8 });
      const value = fc.constantFrom(0n, 1n, 0xffn, 0xffffffffn, 2n ** 63n, 2n ** 64n - 1n);
      fc.assert(
        fc.property(at, value, fc.boolean(), (where, number, isAtEnd) => {
          const bytes = Buffer.from(original);
          // Section headers are at the end.
          bytes.writeBigUInt64LE(number, isAtEnd ? bytes.length - 8 - where : where);
          lookUp(bytes);
        }),
        { numRuns: RUNS },
      );
    }
  });

  it('cut short', () => {
    for (const original of originals) {
      for (let i = 1; i <= 32; i++) lookUp(original.subarray(0, (original.length * i) / 33));
    }
  });
});
