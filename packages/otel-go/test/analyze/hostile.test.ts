// SPDX-License-Identifier: Apache-2.0
// Damaged Go programs: less may come out, never an exception, an endless loop, or a layout that its
// own parts contradict.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ElfFile, InputError, MemorySource, openGoPclntab } from '@otelkit/core';
import fc from 'fast-check';
import { Image } from '../../src/analyze/descriptors/image.ts';
import { findModuleTypes } from '../../src/analyze/descriptors/moduleTypes.ts';
import { analyzeGo, isAnalysis } from '../../src/analyze/index.ts';
import { analyzed, needProgram } from './programs.ts';
import { SMALL_WANTED } from './wanted.ts';

/** Places in the file that are worth damaging. */
function placesOf(bytes: Buffer): number[] {
  const elf = new ElfFile(new MemorySource('program', bytes));
  const pclntab = openGoPclntab(elf)!;
  const image = new Image(elf);
  const types = findModuleTypes(image, pclntab)!;
  const moduledata = Number(pclntab.moduledata!.vaddr);
  const addresses = [moduledata, moduledata + 280, types.start, types.itabs.at];
  const described = [...analyzedStructs(bytes)];
  return [
    ...[...addresses, ...described].flatMap((vaddr) => {
      const range = elf.vaddrToFileRange(BigInt(vaddr));
      return range === undefined ? [] : [range.fileOffset];
    }),
    pclntab.fileOffset,
    0,
  ];
}

function* analyzedStructs(bytes: Buffer): Generator<number> {
  const result = analyzeGo(new ElfFile(new MemorySource('program', bytes)), SMALL_WANTED);
  if (!isAnalysis(result)) return;
  for (const { origin } of result.structs.values()) {
    const match = /0x([0-9a-f]+)/.exec(origin);
    if (match !== null) yield Number.parseInt(match[1]!, 16);
  }
}

describe('analyzeGo and damage', () => {
  it('gives less, and nothing that contradicts itself', function () {
    const path = needProgram(this, { kind: 'small', args: ['-ldflags=-s -w'] });
    const bytes = readFileSync(path);
    const whole = analyzed(path, SMALL_WANTED);
    const places = placesOf(bytes);
    assert.ok(places.length > 6);
    const value = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 12 }),
      fc.constantFrom(0, 0xff, 0x7f, 0x80).map((byte) => new Uint8Array(8).fill(byte)),
    );
    const at = fc.tuple(fc.constantFrom(...places), fc.nat(256)).map(([place, by]) => place + by);
    const damage = fc.array(fc.record({ at, value }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(damage, (changes) => {
        const copy = Buffer.from(bytes);
        for (const change of changes) copy.set(change.value, change.at);
        let elf: ElfFile;
        try {
          elf = new ElfFile(new MemorySource('mutant', copy));
        } catch (error) {
          assert.ok(error instanceof InputError);
          return;
        }
        const result = analyzeGo(elf, SMALL_WANTED);
        if (!isAnalysis(result)) return;
        assert.ok(result.functions.size <= whole.functions.size);
        for (const { fields, sizeBytes } of result.structs.values()) {
          for (const offset of fields.values()) assert.ok(offset <= (sizeBytes ?? 0));
        }
      }),
      { numRuns: 60 },
    );
  });
});
