// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {
  AddressIndex,
  coreReport,
  debugInformation,
  ElfFile,
  findDynamicSymbol,
  InputError,
  MemorySource,
  openDebugData,
  readSectionData,
  readSymbolTable,
  relocationTables,
  symbolFacts,
  walkRelocations,
} from '../../src/index.ts';
import { copyOf, gcc, needsTools, zigLibrary } from '../fixtures/compile.ts';

/** Asks everything that this part of the library answers. */
function askEverything(bytes: Buffer): void {
  const elf = new ElfFile(new MemorySource('memory', bytes));
  symbolFacts(elf);
  debugInformation(elf);
  openDebugData(elf);
  coreReport(elf);
  findDynamicSymbol(elf, '__cxa_finalize');
  findDynamicSymbol(elf, 'answer');
  for (const kind of ['symtab', 'dynsym'] as const) {
    const table = readSymbolTable(elf, kind);
    if (table === undefined) continue;
    for (let i = 0; i < Math.min(table.count, 500); i++) table.name(i);
    const index = new AddressIndex(elf, table);
    index.symbolAt(elf.header.entry);
  }
  for (const table of relocationTables(elf)) walkRelocations(elf, table, () => true);
  for (const section of elf.sections.slice(0, 100)) readSectionData(elf, section, 1 << 20);
}

function survives(whole: Buffer, runs: number): void {
  const interesting = fc.constantFrom(0, 1, 2, 4, 8, 16, 0x7f, 0x80, 0xff);
  const place = fc.nat(whole.length - 1);
  const change = fc.tuple(
    place,
    fc.oneof(interesting, fc.nat(255)),
    fc.integer({ min: 1, max: 8 }),
  );
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 20 }),
      fc.option(place),
      (changes, end) => {
        const bytes = Buffer.from(end === null ? whole : whole.subarray(0, end));
        for (const [at, value, count] of changes) {
          if (at < bytes.length) bytes.fill(value, at, Math.min(bytes.length, at + count));
        }
        try {
          askEverything(bytes);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      },
    ),
    { numRuns: runs },
  );
}

describe('damaged symbol and debug tables', () => {
  it('give a result or an InputError: 64 bits, everything in one file', function () {
    needsTools(this, 'gcc');
    survives(copyOf(gcc(['-g', '-gz=zlib', '-Wl,--hash-style=both'])), 400);
  });

  it('give a result or an InputError: a small library of each hash table', function () {
    needsTools(this, 'gcc');
    const source = 'int answer(void) { return 42; }';
    for (const style of ['sysv', 'gnu']) {
      const args = ['-shared', '-nostdlib', '-s', '-Wl,-z,max-page-size=16'];
      survives(copyOf(gcc([...args, `-Wl,--hash-style=${style}`], source)), 400);
    }
  });

  it('give a result or an InputError: 32 bits, big endian', function () {
    needsTools(this, 'zig');
    survives(copyOf(zigLibrary('powerpc-linux-none')), 300);
  });
});
