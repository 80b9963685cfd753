// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { DT, findDynamicSymbol, openElf, readSymbolTable } from '../../src/index.ts';
import { copyOf, gcc, needsTools, scratchFile, zigLibrary } from '../fixtures/compile.ts';
import { layoutOf, putNumber } from '../fixtures/elfFields.ts';

const EXPORTS_C = Array.from({ length: 200 }, (_, i) => `int export_${i}(void) { return ${i}; }\n`);

function library(...args: string[]): string {
  return gcc(['-shared', '-fPIC', ...args], EXPORTS_C.join(''));
}

/** Looks every defined symbol up; the number of those found under their own name. */
function findsAll(path: string): number {
  const elf = openElf(path);
  const table = readSymbolTable(elf, 'dynsym')!;
  let count = 0;
  for (let i = 1; i < table.count; i++) {
    if (table.shndx[i] === 0 || table.info[i]! >> 4 === 0) continue;
    const name = table.name(i)!;
    const found = findDynamicSymbol(elf, name);
    assert.ok(found !== undefined, `${path}: ${name} not found`);
    assert.equal(table.name(found.index), name);
    assert.equal(found.value, table.value.at(found.index));
    count++;
  }
  assert.equal(findDynamicSymbol(elf, 'no such symbol'), undefined);
  assert.equal(findDynamicSymbol(elf, ''), undefined);
  elf.source.close();
  return count;
}

/** File offset of what a dynamic tag points to. */
function placeOf(path: string, tag: number): number {
  const elf = openElf(path);
  const place = elf.vaddrToFileRange(elf.dynamic!.value(tag)!)!.fileOffset;
  elf.source.close();
  return place;
}

describe('look-up by name', () => {
  it('finds every exported symbol through either hash table', function () {
    needsTools(this, 'gcc');
    for (const style of ['sysv', 'gnu', 'both']) {
      assert.ok(findsAll(library(`-Wl,--hash-style=${style}`)) >= 200);
    }
  });

  it('finds every exported symbol of system libraries', () => {
    for (const name of ['libc.so.6', 'libstdc++.so.6', 'libcrypto.so.3']) {
      const path = `/usr/lib/x86_64-linux-gnu/${name}`;
      if (existsSync(path)) assert.ok(findsAll(path) > 100);
    }
  });

  it('works in both classes and byte orders', function () {
    needsTools(this, 'zig');
    for (const target of ['x86-linux-none', 'powerpc-linux-none', 's390x-linux-none']) {
      assert.ok(findsAll(zigLibrary(target)) >= 1);
    }
  });

  it('ends where the GNU hash table is damaged', function () {
    needsTools(this, 'gcc');
    const path = library('-Wl,--hash-style=gnu');
    const at = placeOf(path, DT.GNU_HASH);
    const words = [0, 1, 2, 3, 0xffffffff, 0x80000000, 0x10000];
    for (let field = 0; field < 4; field++) {
      for (const value of words) {
        const bytes = copyOf(path);
        putNumber(bytes, at + field * 4, 4, BigInt(value), layoutOf(bytes).data);
        const elf = openElf(scratchFile(bytes));
        const found = findDynamicSymbol(elf, 'export_7');
        if (found !== undefined) assert.notEqual(found.index, 0);
        elf.source.close();
      }
    }
  });

  it('ends in a SysV chain that is a circle', function () {
    needsTools(this, 'gcc');
    const path = library('-Wl,--hash-style=sysv');
    const at = placeOf(path, DT.HASH);
    const bytes = copyOf(path);
    const bucketCount = bytes.readUInt32LE(at);
    const chainCount = bytes.readUInt32LE(at + 4);
    for (let i = 0; i < chainCount; i++) {
      bytes.writeUInt32LE(1, at + 8 + (bucketCount + i) * 4);
    }
    const elf = openElf(scratchFile(bytes));
    assert.equal(findDynamicSymbol(elf, 'not here'), undefined);
    assert.ok(elf.diagnostics.list.some((one) => one.field === 'DT_HASH'));
    elf.source.close();
  });
});
