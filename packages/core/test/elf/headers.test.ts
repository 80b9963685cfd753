// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ByteSource, MemorySource } from '../../src/bytes/byteSource.ts';
import { InputError } from '../../src/diagnostics/diagnostic.ts';
import { ElfFile } from '../../src/elf/elfFile.ts';
import { elfKind } from '../../src/elf/kind.ts';
import { elfTypeName } from '../../src/elf/names.ts';
import { inspectElf } from '../../src/inspect/inspectElf.ts';
import { dynamicElf } from '../fixtures/dynamicElf.ts';
import { ElfBuilder } from '../fixtures/elfBuilder.ts';
import { SIZES, setField } from '../fixtures/elfFields.ts';

const open = (bytes: Uint8Array): ElfFile => new ElfFile(new MemorySource('x', bytes));

function refusal(bytes: Uint8Array): InputError {
  try {
    open(bytes);
  } catch (error) {
    assert.ok(error instanceof InputError);
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}

const LAYOUTS = [
  { class: 32, data: 'LE' },
  { class: 32, data: 'BE' },
  { class: 64, data: 'LE' },
  { class: 64, data: 'BE' },
] as const;

describe('elf/headers', () => {
  for (const layout of LAYOUTS) {
    it(`reads the same from ${layout.class}-bit ${layout.data} as from any other`, () => {
      const elf = open(
        dynamicElf({
          ...layout,
          machine: 0x1234,
          entry: 0x1122n,
          interp: '/lib/ld.so.1',
          needed: ['liba.so', 'libb.so'],
          soname: 'libc.so',
          rpath: '/r',
          runpath: '$ORIGIN',
          versions: { 'liba.so': ['A_1', 'A_2'], 'libb.so': ['B_1'] },
          notes: (builder) => builder.note('GNU', 3, Buffer.from('deadbeef', 'hex')),
        }),
      );
      const report = inspectElf(elf);
      assert.equal(report.class, layout.class);
      assert.equal(report.data, layout.data);
      assert.equal(report.machine, '0x1234');
      assert.equal(report.entry, '0x1122');
      assert.equal(report.interpreter, '/lib/ld.so.1');
      assert.deepEqual(report.needed, ['liba.so', 'libb.so']);
      assert.deepEqual([report.soname, report.rpath, report.runpath], ['libc.so', '/r', '$ORIGIN']);
      assert.equal(report.gnuBuildId, 'deadbeef');
      assert.deepEqual(report.diagnostics, []);
    });
  }

  it('says where the identification is wrong', () => {
    const whole = dynamicElf();
    const cases: [number, number, string][] = [
      [4, 0, 'EI_CLASS'],
      [4, 3, 'EI_CLASS'],
      [5, 0, 'EI_DATA'],
      [5, 9, 'EI_DATA'],
    ];
    for (const [at, value, field] of cases) {
      const bytes = Buffer.from(whole);
      bytes[at] = value;
      const error = refusal(bytes);
      assert.deepEqual([error.code, error.field, error.fileOffset], ['malformed', field, at]);
      assert.match(error.message, new RegExp(`found ${value}`));
    }
  });

  it('tells what is no ELF from what is a damaged one', () => {
    assert.equal(refusal(Buffer.alloc(0)).code, 'not-elf');
    assert.match(refusal(Buffer.alloc(0)).message, /empty/);
    assert.equal(refusal(Buffer.from('#!/bin/sh\n')).code, 'not-elf');
    assert.equal(refusal(Buffer.from('\x7fEL')).code, 'not-elf');
    assert.equal(refusal(Buffer.from('\x7fELF')).code, 'malformed');
    for (const layout of LAYOUTS) {
      const whole = dynamicElf(layout);
      const { ehdr } = SIZES[layout.class];
      for (let length = 4; length < ehdr; length++) {
        assert.equal(refusal(whole.subarray(0, length)).code, 'malformed', `${length} bytes`);
      }
      assert.equal(open(whole.subarray(0, ehdr)).header.class, layout.class);
    }
  });

  it('derives the kind', () => {
    const kindOf = (options: Parameters<typeof dynamicElf>[0]): string | null =>
      elfKind(open(dynamicElf(options)));
    const interp = '/lib64/ld-linux-x86-64.so.2';
    assert.equal(kindOf({ type: 1 }), 'relocatable');
    assert.equal(kindOf({ type: 2, interp }), 'exec');
    assert.equal(kindOf({ type: 4 }), 'core');
    assert.equal(kindOf({ type: 0 }), 'other');
    assert.equal(kindOf({ soname: 'libx.so.1' }), 'shared');
    assert.equal(kindOf({ needed: ['libc.so.6'] }), 'shared');
    assert.equal(kindOf({ interp }), 'pie');
    assert.equal(kindOf({ interp, soname: 'libc.so.6' }), 'shared');
    assert.equal(kindOf({ interp, flags1: 0x08000000 }), 'pie');
    assert.equal(kindOf({ interp, soname: 'x', flags1: 0x08000000 }), 'pie');
    assert.equal(kindOf({ flags1: 0x08000000 }), 'static-pie');
    assert.equal(elfTypeName(0xfe00), 'OS');
    assert.equal(elfTypeName(0xff01), 'PROCESSOR');
  });

  it('resolves PN_XNUM and extended section numbers', () => {
    for (const layout of [LAYOUTS[1], LAYOUTS[2]]) {
      const count = 65_545;
      const file = manySegments(layout, count);
      const elf = open(file);
      assert.equal(elf.header.phnum, count);
      assert.equal(elf.programHeaders.length, count);
      assert.equal(elf.programHeaders[count - 1]?.type, 0x6474e551);
      assert.deepEqual(elf.diagnostics.list, []);
    }
  });

  it('says that PN_XNUM without section 0 holds no number', () => {
    const elf = open(setField(dynamicElf({ sections: false }), 'e_phnum', 0xffff));
    assert.equal(elf.programHeaders.length, 0);
    assert.deepEqual(
      elf.diagnostics.list.map((one) => [one.code, one.field]),
      [['inconsistent', 'e_phnum']],
    );
  });

  it('survives a source that holds less than it said', () => {
    const whole = dynamicElf({ needed: ['libc.so.6'], interp: '/lib/ld.so' });
    for (let length = 0; length < whole.length; length += 7) {
      const inner = new MemorySource('x', whole.subarray(0, length));
      const shrunk: ByteSource = {
        path: 'x',
        sizeBytes: whole.length,
        bytesRead: 0,
        read: (at, size) => inner.read(at, size),
        changed: () => 'size changed',
        close: () => {},
      };
      try {
        const report = inspectElf(new ElfFile(shrunk));
        assert.ok(report.diagnostics.some((one) => one.code === 'changed'));
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
      }
    }
  });
});

/** `count` program headers, the real number in section 0 as PN_XNUM asks for it. */
function manySegments(layout: (typeof LAYOUTS)[number], count: number): Buffer {
  const builder = new ElfBuilder({ ...layout, load: false, sections: true });
  for (let i = 1; i < count; i++) builder.segment({ type: 0 });
  builder.segment({ type: 0x6474e551, flags: 6 });
  const file = builder.build();
  setField(file, 'e_phnum', 0xffff);
  return setField(file, 'sh_info', count, 0);
}
