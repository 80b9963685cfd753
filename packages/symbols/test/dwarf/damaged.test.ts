// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ElfFile, MemorySource, openElf } from '@otelkit/core';
import fc from 'fast-check';
import { type DwarfModule, openFileSymbols } from '../../src/index.ts';
import { sampleAddresses } from '../fixtures/agreement.ts';
import { needsTools, Workshop } from '../fixtures/build.ts';
import { ENDLESS_ASSEMBLY } from './endlessProgram.ts';
import { C_SOURCE, needsDwarf } from './programs.ts';

const SECTIONS = ['info', 'abbrev', 'line', 'str', 'line_str', 'rnglists', 'ranges', 'aranges'];
const RUNS = 60;

/** Those of the functions whose lines are known. */
function namesWithLines(module: DwarfModule, bytes: Buffer, names: readonly string[]): string[] {
  const elf = new ElfFile(new MemorySource('units', bytes));
  const symbols = openFileSymbols(elf, { path: '', root: '' }, undefined, module);
  try {
    const found = new Set<string>();
    for (const address of sampleAddresses(elf, 200)) {
      const frame = symbols.resolve(address).at(-1);
      if (frame?.line !== undefined) found.add(frame.functionName);
    }
    return names.filter((name) => found.has(name));
  } finally {
    symbols.close();
  }
}

/** The same file, but for the size of one section in its header (ELF64: sh_size at 32 of 64). */
function cutSection(bytes: Buffer, name: string, share: number): Buffer | undefined {
  const { sections, header } = new ElfFile(new MemorySource('whole', bytes));
  const index = sections.findIndex((section) => section.name === name);
  if (index < 0) return undefined;
  const cut = Buffer.from(bytes);
  const size = BigInt(Math.floor(sections[index]!.sizeBytes * share));
  cut.writeBigUInt64LE(size, Number(header.shoff) + index * 64 + 32);
  return cut;
}

describe('damaged debug information', () => {
  let shop: Workshop;
  before(() => {
    shop = new Workshop();
    shop.write('c.c', C_SOURCE);
  });
  after(() => shop.remove());

  /** The functions stay what the symbol table says, whatever lines there are. */
  function assertNamed(module: DwarfModule, bytes: Buffer, names: readonly string[]): void {
    const elf = new ElfFile(new MemorySource('damaged', bytes));
    const symbols = openFileSymbols(elf, { path: '', root: '' }, undefined, module);
    try {
      for (const [i, address] of sampleAddresses(elf, names.length).entries()) {
        const frames = symbols.resolve(address);
        assert.equal(frames.at(-1)?.functionName ?? '', names[i]);
        for (const frame of frames.slice(0, -1)) assert.ok(frame.isInlined);
      }
    } finally {
      symbols.close();
    }
  }

  for (const version of ['4', '5']) {
    it(`costs lines, and neither names nor the tool: DWARF ${version}`, function () {
      needsTools(this, 'gcc');
      const module = needsDwarf(this);
      shop.run('gcc', '-O2', `-gdwarf-${version}`, '-o', 'c', 'c.c');
      const whole = readFileSync(shop.path('c'));
      const elf = openElf(shop.path('c'));
      const plain = openFileSymbols(elf, { path: '', root: '' });
      const names = sampleAddresses(elf, 60).map((at) => plain.resolve(at)[0]?.functionName ?? '');
      const places = SECTIONS.flatMap((name) => elf.section(`.debug_${name}`) ?? []);
      plain.close();
      const change = fc.record({
        section: fc.nat(places.length - 1),
        at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
      });
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
          const damaged = Buffer.from(whole);
          for (const { section, at, bytes } of changes) {
            const { fileOffset, sizeBytes } = places[section]!;
            const room = Math.max(1, sizeBytes - bytes.length);
            damaged.set(bytes, fileOffset + Math.floor(at * room));
          }
          assertNamed(module, damaged, names);
        }),
        { numRuns: RUNS },
      );
    });
  }

  it('costs the units that it belongs to: whatever is cut short', function () {
    needsTools(this, 'gcc');
    const module = needsDwarf(this);
    const names = ['first', 'second', 'third', 'fourth'];
    for (const name of names) {
      shop.write(`${name}.c`, `int ${name}(int x) { return x * 3 + ${name.length}; }`);
    }
    const sources = names.map((name) => `${name}.c`);
    for (const version of ['4', '5']) {
      const flags = ['-O2', `-gdwarf-${version}`, '-shared', '-ffunction-sections'];
      shop.run('gcc', ...flags, '-o', 'units', ...sources);
      const whole = readFileSync(shop.path('units'));
      assert.deepEqual(namesWithLines(module, whole, names), names);
      for (const section of ['info', 'abbrev', 'line', 'ranges', 'rnglists']) {
        const cut = cutSection(whole, `.debug_${section}`, 0.6);
        if (cut === undefined) continue;
        const left = namesWithLines(module, cut, names);
        const report = `DWARF ${version}, ${section}: ${left.join(' ')}`;
        assert.ok(left.length > 0 && left.length < names.length, report);
      }
      const cut = cutSection(whole, '.debug_aranges', 0.6)!;
      assert.deepEqual(namesWithLines(module, cut, names), names);
    }
  });

  it('that stands for endless work is given up', function () {
    needsTools(this, 'gcc');
    const module = needsDwarf(this);
    shop.write('endless.s', ENDLESS_ASSEMBLY);
    shop.run('gcc', '-shared', '-nostdlib', '-o', 'endless', 'endless.s');
    const elf = openElf(shop.path('endless'));
    const text = elf.section('.text')!;
    const symbols = openFileSymbols(elf, { path: '', root: '' }, undefined, module);
    try {
      const [frame] = symbols.resolve(Number(text.addr) + 4);
      assert.deepEqual(frame, { functionName: 'f', isInlined: false });
      assert.match(symbols.problem ?? '', /endless work/);
      assert.equal(symbols.lineBytes, 0);
    } finally {
      symbols.close();
    }
  });
});
