// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { ElfFile, InputError, MemorySource, openElf, openGoPclntab } from '@otelkit/core';
import fc from 'fast-check';
import { buildUnwindTable, CFA, openTable, type TableReader } from '../../src/index.ts';
import { compareRows } from '../fixtures/compareRows.ts';
import { copyOf, goBuild, needsTools } from '../fixtures/compile.ts';
import { readelfRows } from '../fixtures/readelfRows.ts';

const MAIN_GO = 'package main\n\nfunc main() { println("x") }\n';
/** Functions that change or begin a stack: their rules are not Go's SP deltas. */
const SPECIAL =
  /^(runtime\.(goexit|sigtramp|mstart|rt0_go|mcall|morestack|systemstack|asmcgocall|nanotime1|walltime|walltime1|vgetrandom1|sigreturn|sigreturn__sigaction)|_rt0_.*|time\.now)$/;

function tableOf(elf: ElfFile): TableReader {
  const table = buildUnwindTable(elf);
  assert.ok(table !== undefined);
  assert.ok(table.sources.includes('pclntab'));
  const reader = openTable(table.bytes);
  assert.ok(typeof reader !== 'string', String(reader));
  return reader;
}

describe('tables of Go programs', function () {
  this.timeout(300_000);

  beforeEach(function () {
    needsTools(this, 'go', 'readelf');
  });

  const variants: readonly (readonly [string, readonly string[]])[] = [
    ['local', []],
    ['1.20.14', []],
    ['1.19.13', []],
    ['1.17.13', []],
    ['local', ['GOARCH=arm64']],
  ];
  for (const [release, settings] of variants) {
    it(`have the CFA that Go wrote into .debug_frame (${[release, ...settings].join(' ')})`, async function () {
      const path = goBuild(MAIN_GO, release, settings, ['-ldflags=-compressdwarf=false']);
      if (path === undefined) return this.skip();
      const elf = openElf(path);
      try {
        const pclntab = openGoPclntab(elf)!;
        const reader = tableOf(elf);
        const rows = (await readelfRows(path, '.debug_frame')).filter((row) => {
          const i = pclntab.findFunction(BigInt(row.vaddr));
          return i >= 0 && !SPECIAL.test(pclntab.functionName(i) ?? '');
        });
        const { compared, problems } = compareRows(reader, rows, { ignoresFp: true });
        // debugCallV2 keeps its return address where no rule of Go would look for it.
        const others = problems.filter(
          (problem) => !/CFA kind [08], readelf says sp/.test(problem),
        );
        assert.deepEqual(others.slice(0, 5), []);
        assert.ok(compared > 1000, `${compared} rows`);
      } finally {
        elf.source.close();
      }
    });
  }

  it('are the same for a stripped program, and for one without sections', function () {
    const path = goBuild(MAIN_GO, 'local');
    if (path === undefined) return this.skip();
    const bytes = copyOf(path);
    const whole = buildUnwindTable(new ElfFile(new MemorySource('whole', bytes)))!;
    bytes.fill(0, 40, 48);
    bytes.fill(0, 60, 64);
    const bare = buildUnwindTable(new ElfFile(new MemorySource('bare', bytes)))!;
    assert.ok(Buffer.from(bare.bytes).equals(Buffer.from(whole.bytes)));
  });

  it('know where stacks begin, where signals return, and the position-independent kind', function () {
    const path = goBuild(MAIN_GO, 'local', [], ['-buildmode=pie']);
    if (path === undefined) return this.skip();
    const elf = openElf(path);
    try {
      const pclntab = openGoPclntab(elf)!;
      const reader = tableOf(elf);
      const kindOf = (name: string): number => {
        for (let i = 0; i < pclntab.functionCount; i++) {
          if (pclntab.functionName(i) !== name) continue;
          reader.find(Number(pclntab.entryVaddr(i)!));
          return reader.cfaKind;
        }
        return -1;
      };
      assert.equal(kindOf('runtime.goexit'), CFA.END);
      assert.equal(kindOf('runtime.mstart'), CFA.END);
      assert.equal(kindOf('runtime.sigreturn__sigaction'), CFA.SIGNAL);
      assert.equal(kindOf('main.main'), CFA.SP);
    } finally {
      elf.source.close();
    }
  });

  it('never break the reader: bytes of the pclntab', function () {
    const path = goBuild(MAIN_GO, 'local');
    if (path === undefined) return this.skip();
    const original = copyOf(path);
    const elf = openElf(path);
    const pclntab = openGoPclntab(elf)!;
    const { header } = pclntab;
    const parts = [header.pcs, header.functions].map((part) => header.fileOffset + part.at);
    elf.source.close();
    const place = fc.tuple(fc.constantFrom(...parts), fc.nat(60_000), fc.nat(255));
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 10 }), (changes) => {
        const bytes = Buffer.from(original);
        for (const [start, at, value] of changes) bytes[start + at] = value;
        try {
          const table = buildUnwindTable(new ElfFile(new MemorySource('damaged', bytes)));
          if (table !== undefined) assert.notEqual(typeof openTable(table.bytes), 'string');
        } catch (error) {
          assert.ok(error instanceof InputError, String(error));
        }
      }),
      { numRuns: 25 },
    );
  });
});
