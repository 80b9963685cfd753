// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { ElfFile, locateSymbolTable, MemorySource, openElf, readSymbolTable } from '@otelkit/core';
import fc from 'fast-check';
import { type FunctionTable, findName, functionTableOf } from '../../src/native/functionTable.ts';
import { LazyFunctions } from '../../src/native/lazyFunctions.ts';
import { SymbolScan } from '../../src/native/symbolScan.ts';
import { needsTools, Workshop } from '../fixtures/build.ts';

interface Symbol {
  readonly start: number;
  readonly sizeBytes: number;
  readonly info: number;
  readonly name: number;
}

const NAMES = ['f', '_f', '__f', 'g', '$x', ''];
const SYMTAB_AT = 64;

/** An ELF file with nothing but a symbol table, its strings and one section of code. */
function fileOf(symbols: readonly Symbol[]): ElfFile {
  const strings = Buffer.from(`\0${NAMES.map((name) => `${name}\0`).join('')}`, 'latin1');
  const offsets = NAMES.map((_, i) => 1 + NAMES.slice(0, i).join('\0').length + (i > 0 ? 1 : 0));
  const stringsAt = SYMTAB_AT + 24 * (symbols.length + 1);
  const sectionsAt = (stringsAt + strings.length + 7) & ~7;
  const bytes = Buffer.alloc(sectionsAt + 4 * 64);
  bytes.write('\x7fELF\x02\x01\x01', 'latin1');
  bytes.writeUInt16LE(3, 16);
  bytes.writeUInt16LE(62, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(BigInt(sectionsAt), 40);
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(64, 58);
  bytes.writeUInt16LE(4, 60);
  for (const [i, { start, sizeBytes, info, name }] of symbols.entries()) {
    const at = SYMTAB_AT + 24 * (i + 1);
    bytes.writeUInt32LE(offsets[name]!, at);
    bytes.writeUInt8(info, at + 4);
    bytes.writeUInt16LE(1, at + 6);
    bytes.writeBigUInt64LE(BigInt(start), at + 8);
    bytes.writeBigUInt64LE(BigInt(sizeBytes), at + 16);
  }
  strings.copy(bytes, stringsAt);
  const section = (index: number, fields: readonly number[]): void => {
    const [type, flags, addr, offset, size, link, entry] = fields as [number, ...number[]];
    const at = sectionsAt + 64 * index;
    bytes.writeUInt32LE(type, at + 4);
    bytes.writeBigUInt64LE(BigInt(flags!), at + 8);
    bytes.writeBigUInt64LE(BigInt(addr!), at + 16);
    bytes.writeBigUInt64LE(BigInt(offset!), at + 24);
    bytes.writeBigUInt64LE(BigInt(size!), at + 32);
    bytes.writeUInt32LE(link!, at + 40);
    bytes.writeBigUInt64LE(BigInt(entry!), at + 56);
  };
  section(1, [8, 6, 16, 0, 100, 0, 0]);
  section(2, [2, 0, 0, SYMTAB_AT, 24 * (symbols.length + 1), 3, 24]);
  section(3, [3, 0, 0, stringsAt, strings.length, 0, 0]);
  return new ElfFile(new MemorySource('made', bytes));
}

interface Both {
  readonly lazy: LazyFunctions;
  readonly sorted: FunctionTable;
  /** Whether the lazy one has sorted the table after all. */
  readonly isSorted: () => boolean;
}

function open(elf: ElfFile, kind: 'symtab' | 'dynsym'): Both {
  const symbols = readSymbolTable(elf, kind);
  const location = locateSymbolTable(elf, kind);
  assert.ok(symbols !== undefined && location !== undefined);
  const sorted = functionTableOf(elf, symbols);
  let isSorted = false;
  const lazy = new LazyFunctions(SymbolScan.of(elf, location), () => {
    isSorted = true;
    return sorted;
  });
  return { lazy, sorted, isSorted: () => isSorted };
}

const symbol: fc.Arbitrary<Symbol> = fc.record({
  start: fc.integer({ min: 0, max: 120 }),
  sizeBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
  // Functions, labels, data; local, global, weak.
  info: fc.tuple(fc.constantFrom(0, 16, 32), fc.constantFrom(0, 1, 2, 10)).map(([b, t]) => b + t),
  name: fc.nat({ max: NAMES.length - 1 }),
});

describe('functions that are found when they are asked for', () => {
  it('are those of the sorted table, however symbols overlap', () => {
    fc.assert(
      fc.property(
        fc.array(symbol, { maxLength: 24 }),
        fc.array(fc.integer({ min: 0, max: 190 }), { minLength: 1, maxLength: 12 }),
        (symbols, addresses) => {
          const { lazy, sorted } = open(fileOf(symbols), 'symtab');
          lazy.prepare(addresses);
          for (let vaddr = 0; vaddr < 190; vaddr++) {
            assert.equal(lazy.find(vaddr), findName(sorted, vaddr), `at ${vaddr}`);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('need no sorted table in ordinary files, until they are asked for often', function () {
    needsTools(this, 'gcc');
    const shop = new Workshop();
    try {
      const functions = Array.from(
        { length: 200 },
        (_, i) => `int f${i}(int x) { return x * ${i}; }`,
      );
      shop.write('many.c', functions.join('\n'));
      shop.run('gcc', '-O1', '-shared', '-fPIC', '-o', 'many.so', 'many.c');
      const elf = openElf(shop.path('many.so'));
      try {
        const { lazy, sorted, isSorted } = open(elf, 'dynsym');
        const [first] = sorted.starts;
        lazy.prepare(sorted.starts.subarray(0, 100));
        assert.equal(lazy.find(first!), sorted.names[0]);
        assert.equal(isSorted(), false);
        assert.ok(lazy.sizeBytes < 12 * sorted.starts.length * 2);
        for (const start of sorted.starts) lazy.find(start);
        assert.equal(isSorted(), true);
        for (const [i, start] of sorted.starts.entries()) {
          assert.equal(lazy.find(start), findName(sorted, start), `function ${i}`);
        }
      } finally {
        elf.source.close();
      }
    } finally {
      shop.remove();
    }
  });
});
