// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { ElfFile, InputError, MemorySource, openElf } from '@otelkit/core';
import fc from 'fast-check';
import {
  buildUnwindTable,
  openTable,
  type TableReader,
  type UnwindTable,
} from '../../src/index.ts';
import { copyOf, gcc, needsTools } from '../fixtures/compile.ts';

const FUNCTIONS_C = `
volatile int sink;
__attribute__((noinline)) int one(int x) { char b[200]; b[x] = 1; sink += b[x / 2]; return x; }
__attribute__((noinline)) int two(int x) { return one(x) + one(x + 1) + sink; }
int main(int c, char **v) { (void)v; return two(c); }
`;
const RUNS = 150;

function elfOf(bytes: Buffer): ElfFile {
  return new ElfFile(new MemorySource('damaged', bytes));
}

function readerOf(table: UnwindTable | undefined): TableReader {
  assert.ok(table !== undefined);
  const reader = openTable(table.bytes);
  assert.ok(typeof reader !== 'string', String(reader));
  return reader;
}

/** The rule of every address of a range, as text. */
function rulesOf(reader: TableReader, start: number, end: number): string[] {
  const rules: string[] = [];
  for (let at = start; at < end; at++) {
    reader.find(at);
    rules.push(`${reader.head} ${reader.offsets}`);
  }
  return rules;
}

/** Either a whole table, or an error that says what the input is. */
function buildsOrRefuses(bytes: Buffer): void {
  try {
    const table = buildUnwindTable(elfOf(bytes));
    if (table !== undefined) readerOf(table);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
  }
}

describe('damaged call frame information', function () {
  this.timeout(300_000);
  let program: string;
  let section: { at: number; size: number; vaddr: number };

  beforeEach(function () {
    needsTools(this, 'gcc');
    program = gcc(FUNCTIONS_C, ['-O2', '-fomit-frame-pointer']);
    const elf = openElf(program);
    const found = elf.section('.eh_frame')!;
    section = { at: found.fileOffset, size: found.sizeBytes, vaddr: Number(found.addr) };
    elf.source.close();
  });

  it('costs the FDE that it is in, and is told', () => {
    const bytes = copyOf(program);
    const whole = readerOf(buildUnwindTable(elfOf(bytes)));
    const fdes = fdesOf(bytes.subarray(section.at, section.at + section.size), section.vaddr);
    // Entry point and PLT would have a rule without it.
    const victim = fdes.findLast((fde) => fde.instructionsAt + 4 < fde.end && fde.size > 16)!;
    // An opcode that nobody has defined.
    bytes[section.at + victim.instructionsAt] = 0x3f;
    const table = buildUnwindTable(elfOf(bytes))!;
    const reader = readerOf(table);
    assert.equal(table.damagedCount, 1);
    assert.match(table.diagnostics[0]!.message, /instruction 0x3f is unknown/);
    assert.equal(reader.find(victim.start), false);
    for (const fde of fdes.filter((one) => one !== victim)) {
      const [start, end] = [fde.start, fde.start + fde.size];
      assert.deepEqual(rulesOf(reader, start, end), rulesOf(whole, start, end));
    }
  });

  it('is the same without section headers', () => {
    const bytes = copyOf(program);
    const whole = buildUnwindTable(elfOf(bytes))!;
    bytes.fill(0, 40, 48);
    bytes.fill(0, 60, 64);
    const bare = buildUnwindTable(elfOf(bytes))!;
    assert.deepEqual(bare.sources, ['.eh_frame']);
    assert.ok(Buffer.from(bare.bytes).equals(Buffer.from(whole.bytes)));
  });

  it('never breaks the reader: bytes of .eh_frame', () => {
    const original = copyOf(program);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(section.size - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (changes) => {
          const bytes = Buffer.from(original);
          for (const [at, value] of changes) bytes[section.at + at] = value;
          buildsOrRefuses(bytes);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('never breaks the reader: headers, without sections', () => {
    const original = copyOf(program);
    original.fill(0, 40, 48);
    original.fill(0, 60, 64);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(4096), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(original.length),
        (changes, length) => {
          const bytes = Buffer.from(original.subarray(0, Math.max(64, length)));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          buildsOrRefuses(bytes);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

interface Fde {
  readonly start: number;
  readonly size: number;
  readonly instructionsAt: number;
  readonly end: number;
}

/** FDEs of a section as gcc writes it: 32-bit, pc-relative. */
function fdesOf(bytes: Buffer, vaddr: number): Fde[] {
  const fdes: Fde[] = [];
  for (let at = 0; at + 4 < bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    if (length === 0) break;
    const end = at + 4 + length;
    if (bytes.readUInt32LE(at + 4) !== 0) {
      const start = vaddr + at + 8 + bytes.readInt32LE(at + 8);
      fdes.push({ start, size: bytes.readUInt32LE(at + 12), instructionsAt: at + 17, end });
    }
    at = end;
  }
  return fdes;
}
