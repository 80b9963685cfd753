// SPDX-License-Identifier: Apache-2.0
// Any bytes lead to a report or to an InputError, never to another exception, a hang or an
// unbounded answer. bench/fuzz.bench.mjs does the same a million times.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { MemorySource } from '../../src/bytes/byteSource.ts';
import { InputError } from '../../src/diagnostics/diagnostic.ts';
import { ElfFile } from '../../src/elf/elfFile.ts';
import { readVersionDefinitions, readVersionNeeds } from '../../src/elf/versions.ts';
import { inspectElf } from '../../src/inspect/inspectElf.ts';
import { dynamicElf } from '../fixtures/dynamicElf.ts';
import { getField, setField } from '../fixtures/elfFields.ts';
import { type Library, verdict } from '../fixtures/judge.ts';
import { mutated } from '../fixtures/mutate.ts';
import { smallCorpus } from '../fixtures/smallCorpus.ts';

const library: Library = { MemorySource, ElfFile, InputError, inspectElf, readVersionDefinitions };
const CRASHERS = fileURLToPath(new URL('../crashers/', import.meta.url));

function assertWell(bytes: Buffer): void {
  const problem = verdict(library, bytes);
  if (problem !== undefined) throw problem;
}

describe('inspect/fuzz', () => {
  it('holds for files damaged field by field, by seed', function () {
    this.timeout(300_000);
    const corpus = smallCorpus();
    fc.assert(
      fc.property(fc.nat(), (seed) => assertWell(mutated(corpus, seed))),
      { numRuns: 4000 },
    );
  });

  it('holds for any bytes behind a valid identification', () => {
    const ident = fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2));
    fc.assert(
      fc.property(ident, fc.uint8Array({ maxLength: 400 }), ([elfClass, data], rest) => {
        assertWell(Buffer.from([0x7f, 0x45, 0x4c, 0x46, elfClass, data, 1, 0, ...rest]));
      }),
      { numRuns: 2000 },
    );
  });

  it('holds for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => assertWell(Buffer.from(bytes))),
    );
  });

  it('reads a dynamic array of any tags and values', () => {
    const entry = fc.tuple(
      fc.oneof(fc.nat(40), fc.integer({ min: 0x6ffffef5, max: 0x6fffffff }), fc.nat()),
      fc.oneof(fc.bigInt({ min: 0n, max: 4096n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), fc.constantFrom(32, 64), (entries, bits) => {
        const file = dynamicElf({
          class: bits as 32 | 64,
          needed: ['liba.so', 'libb.so'],
          entries,
        });
        assertWell(file);
        const elf = new ElfFile(new MemorySource('x', file));
        const tags = elf.dynamic?.entries.map((one) => one.tag) ?? [];
        const end = entries.findIndex(([tag]) => tag === 0);
        const expected = end < 0 ? entries : entries.slice(0, end);
        const got = tags.slice(2, 2 + expected.length);
        assert.deepEqual(
          got,
          expected.map(([tag]) => tag),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('reads notes of any bytes and alignment', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(0n, 1n, 4n, 8n, 2n ** 63n),
        (bytes, align) => {
          const file = dynamicElf({ needed: ['libc.so.6'], notes: () => Buffer.from(bytes) });
          for (let i = 0; i < Number(getField(file, 'e_phnum')); i++) {
            if (getField(file, 'p_type', i) === 4n) setField(file, 'p_align', align, i);
          }
          assertWell(file);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads version needs of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(100_000), (bytes, count) => {
        const file = dynamicElf({
          needed: ['libc.so.6'],
          entries: [
            [0x6ffffffe, (places) => places.get('versions')!.vaddr],
            [0x6fffffff, count],
            [0x6ffffffc, (places) => places.get('versions')!.vaddr],
            [0x6ffffffd, count],
          ],
          also: (builder) => builder.piece('versions', bytes),
        });
        assertWell(file);
        const elf = new ElfFile(new MemorySource('x', file));
        assert.ok(readVersionNeeds(elf).length <= 65_536);
      }),
      { numRuns: 500 },
    );
  });
});

describe('inspect/crashers', () => {
  it('has a file for each crasher that was ever found', () => {
    assert.ok(readdirSync(CRASHERS).includes('README.md'));
  });

  for (const name of readdirSync(CRASHERS).filter((one) => one.endsWith('.txt'))) {
    it(`${name} no longer breaks anything`, () => {
      const lines = readFileSync(CRASHERS + name, 'utf8').split('\n');
      const text = lines.filter((line) => !line.startsWith('#')).join('');
      assertWell(Buffer.from(text, 'base64'));
    });
  }
});
