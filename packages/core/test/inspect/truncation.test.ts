// SPDX-License-Identifier: Apache-2.0
// A real binary cut at every place, and every count, offset and size set to extremes.
import assert from 'node:assert/strict';
import { MemorySource } from '../../src/bytes/byteSource.ts';
import { InputError } from '../../src/diagnostics/diagnostic.ts';
import { ElfFile } from '../../src/elf/elfFile.ts';
import { inspectElf } from '../../src/inspect/inspectElf.ts';
import type { FileReport } from '../../src/inspect/report.ts';
import { copyOf, gcc, needsTools, zigLibrary } from '../fixtures/compile.ts';
import { dynamicElf } from '../fixtures/dynamicElf.ts';
import { EHDR, getField, PHDR, SHDR, setField } from '../fixtures/elfFields.ts';

function inspected(bytes: Buffer): FileReport | InputError {
  try {
    const report = inspectElf(new ElfFile(new MemorySource('x', bytes)));
    JSON.stringify(report);
    assert.ok(report.diagnostics.length <= 64);
    return report;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

/** Fields whose extremes cannot change what is told of the identity. */
const HARMLESS = ['e_version', 'e_flags', 'e_ehsize'];

describe('inspect/truncation', () => {
  it('gives what is left of a binary cut at each of its first 4096 bytes, and says so', function () {
    needsTools(this, 'gcc');
    const whole = copyOf(gcc(['-O2', '-Wl,-z,noseparate-code']));
    const uncut = inspected(whole);
    assert.ok(!(uncut instanceof InputError));
    const cuts = Array.from({ length: 4097 }, (_, i) => i);
    for (let at = 4097; at < whole.length; at += 61) cuts.push(at);
    for (const at of cuts) {
      const result = inspected(whole.subarray(0, at));
      if (at < 64) {
        assert.ok(result instanceof InputError, `${at} bytes`);
        assert.equal(result.code, at < 4 ? 'not-elf' : 'malformed');
        continue;
      }
      assert.ok(!(result instanceof InputError), `${at} bytes: ${String(result)}`);
      assert.ok(result.diagnostics.length > 0, `${at} bytes are not the whole file`);
      assert.deepEqual(
        [result.class, result.machine, result.type, result.entry],
        [uncut.class, uncut.machine, uncut.type, uncut.entry],
      );
      // What is told must be what the whole file says, or nothing; never something else.
      assert.ok([null, uncut.interpreter].includes(result.interpreter), `${at}: interpreter`);
      assert.ok([null, uncut.gnuBuildId].includes(result.gnuBuildId), `${at}: build ID`);
      assert.ok([null, uncut.kind].includes(result.kind), `${at}: ${result.kind}`);
      assert.ok([null, 'unknown', 'glibc'].includes(result.libc.flavor), `${at}: libc`);
      for (const fact of ['relro', 'nx', 'pie', 'canary', 'fortify'] as const) {
        const told = result.hardening[fact];
        assert.ok(told === null || told === uncut.hardening[fact], `${at}: ${fact} ${told}`);
      }
      assert.ok([null, uncut.stripped].includes(result.stripped), `${at}: stripped`);
      for (const [i, name] of result.needed.entries()) {
        assert.ok(name === uncut.needed[i] || name === '<bad>', `${at}: needed ${name}`);
      }
    }
  });

  it('does the same for a big-endian library', function () {
    needsTools(this, 'zig');
    const whole = copyOf(zigLibrary('mips-linux-musleabi'));
    for (let at = 0; at <= whole.length; at++) {
      const result = inspected(whole.subarray(0, at));
      if (at < 52) assert.ok(result instanceof InputError);
      else assert.ok(!(result instanceof InputError));
    }
  });
});

describe('inspect/extremes', () => {
  const options = {
    interp: '/lib/ld.so.1',
    needed: ['liba.so', 'libb.so'],
    soname: 'libc.so',
    versions: { 'liba.so': ['GLIBC_2.4'] },
  };

  for (const layout of [
    { class: 32, data: 'BE' },
    { class: 64, data: 'LE' },
  ] as const) {
    const whole = dynamicElf({ ...options, ...layout });
    const top = layout.class === 64 ? 2n ** 64n : 2n ** 32n;
    const size = BigInt(whole.length);
    const extremes = [
      0n,
      1n,
      size - 1n,
      size,
      size + 1n,
      0xffffn,
      top / 2n - 1n,
      top / 2n,
      top - 1n,
    ];

    for (const [table, count] of [
      [EHDR, 1],
      [PHDR, Number(getField(whole, 'e_phnum'))],
      [SHDR, Number(getField(whole, 'e_shnum'))],
    ] as const) {
      for (const field of Object.keys(table)) {
        it(`${field}, ${layout.class}-bit ${layout.data}`, () => {
          for (let index = 0; index < count; index++) {
            for (const value of extremes) {
              const file = setField(Buffer.from(whole), field, value, index);
              const result = inspected(file);
              assert.ok(!(result instanceof InputError), `${field}[${index}] = ${value}`);
              if (!HARMLESS.includes(field)) continue;
              assert.deepEqual(result.needed, options.needed);
            }
          }
        });
      }
    }

    it(`each word of the dynamic array, ${layout.class}-bit ${layout.data}`, () => {
      const elf = new ElfFile(new MemorySource('x', whole));
      const word = layout.class / 8;
      for (const entry of elf.dynamic!.entries) {
        for (const at of [entry.fileOffset, entry.fileOffset + word]) {
          for (const value of extremes) {
            const file = Buffer.from(whole);
            const bytes = Buffer.alloc(8);
            if (layout.data === 'LE') bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
            else bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
            (layout.data === 'LE' ? bytes.subarray(0, word) : bytes.subarray(8 - word)).copy(
              file,
              at,
            );
            assert.ok(!(inspected(file) instanceof InputError));
          }
        }
      }
    });
  }

  it('keeps the names that are sound when one is not', () => {
    const file = dynamicElf({ ...options, needed: ['liba.so', 'libb.so', 'libc.so.6'] });
    const elf = new ElfFile(new MemorySource('x', file));
    const second = elf.dynamic!.entries[1]!;
    file.writeBigUInt64LE(0xffff_ffffn, second.fileOffset + 8);
    const report = inspected(file);
    assert.ok(!(report instanceof InputError));
    assert.deepEqual(report.needed, ['liba.so', '<bad>', 'libc.so.6']);
    assert.equal(report.soname, 'libc.so');
    const [diagnostic] = report.diagnostics;
    assert.deepEqual([diagnostic?.code, diagnostic?.field], ['out-of-range', 'DT_NEEDED[1]']);
    assert.equal(diagnostic?.fileOffset, second.fileOffset);
  });

  it('finds a flag beside bits that no flag has', () => {
    const DT_FLAGS = 30;
    const file = dynamicElf({
      needed: ['libc.so.6'],
      entries: [[DT_FLAGS, 0x8000_0000_0000_0008n]],
      also: (builder) => builder.segment({ type: 0x6474e552 }),
    });
    const report = inspected(file);
    assert.ok(!(report instanceof InputError));
    assert.equal(report.hardening.relro, 'full');
  });
});
