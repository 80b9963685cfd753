// SPDX-License-Identifier: Apache-2.0
// elfy 1.0.0 parses the compact prefix of a file behind one adapter. Each of its known defects is
// shown here on elfy itself, and that what the library reads is right all the same. When a newer
// elfy makes one of these fail, the compensation can go.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { MemorySource } from '../../src/bytes/byteSource.ts';
import { ElfFile } from '../../src/elf/elfFile.ts';
import { machineName, osAbiName } from '../../src/elf/names.ts';
import { dynamicElf } from '../fixtures/dynamicElf.ts';
import { ElfBuilder } from '../fixtures/elfBuilder.ts';
import { setField } from '../fixtures/elfFields.ts';

interface ElfyFile {
  osabi: string;
  machine?: string;
  type?: string;
  entry: number;
  body: {
    programs: (Record<string, unknown> & { type?: string; vaddr: number; data?: Buffer })[];
    sections: (Record<string, unknown> & { addralign: number; entsize: number })[];
  };
}

// Its types, for the adapter, declare only what the adapter calls.
const elfy = createRequire(new URL('../../src/elf/elfyAdapter.ts', import.meta.url))('elfy') as {
  parse(bytes: Buffer): ElfyFile;
};

const ours = (bytes: Buffer): ElfFile => new ElfFile(new MemorySource('x', bytes));

describe('elf/defects of elfy 1.0.0', () => {
  it('EI_OSABI and EI_ABIVERSION are read one byte too early', () => {
    const bytes = dynamicElf({ osabi: 9, abiVersion: 5 });
    assert.equal(elfy.parse(bytes).osabi, 'hpux');
    const { header } = ours(bytes);
    assert.equal(osAbiName(header.osabi), 'freebsd');
    assert.equal(header.abiVersion, 5);
    assert.equal(osAbiName(ours(dynamicElf()).header.osabi), 'sysv');
  });

  it('unknown machines, types and segment types become undefined', () => {
    const bytes = dynamicElf({
      machine: 0xbeef,
      also: (builder) => builder.segment({ type: 0x6474e553, vaddr: 0x40, filesz: 8 }),
    });
    setField(bytes, 'e_type', 0xfe42);
    const theirs = elfy.parse(bytes);
    assert.equal(theirs.machine, undefined);
    assert.equal(theirs.type, undefined);
    assert.equal(theirs.body.programs.at(-1)?.type, undefined);
    const elf = ours(bytes);
    assert.equal(elf.header.machine, 0xbeef);
    assert.equal(machineName(elf.header.machine), '0xbeef');
    assert.equal(elf.header.elfType, 0xfe42);
    assert.equal(elf.programHeaders.at(-1)?.type, 0x6474e553);
    const riscv = dynamicElf({ machine: 243 });
    assert.equal(elfy.parse(riscv).machine, undefined);
    assert.equal(machineName(ours(riscv).header.machine), 'riscv');
  });

  for (const data of ['LE', 'BE'] as const) {
    it(`64-bit numbers are doubles, ${data}`, () => {
      const entry = 0xffff_ffff_8100_0001n;
      const bytes = dynamicElf({ data, entry, base: 0xffff_ffff_8000_0000n });
      setField(bytes, 'p_vaddr', 0x8000_0000_0000_0001n);
      setField(bytes, 'p_paddr', 0x0020_0000_0000_0001n);
      const theirs = elfy.parse(bytes);
      assert.notEqual(BigInt(theirs.entry), entry);
      assert.notEqual(BigInt(theirs.body.programs[0]!.vaddr), 0x8000_0000_0000_0001n);
      const elf = ours(bytes);
      assert.equal(elf.header.entry, entry);
      assert.equal(elf.programHeaders[0]?.vaddr, 0x8000_0000_0000_0001n);
      assert.equal(elf.programHeaders[0]?.paddr, 0x0020_0000_0000_0001n);
    });
  }

  it('64-bit sh_addralign and sh_entsize are read from the wrong place', () => {
    const bytes = dynamicElf({ needed: ['libc.so.6'] });
    const dynamic = ours(bytes).section('.dynamic')!;
    const theirs = elfy.parse(bytes).body.sections[dynamic.index]!;
    assert.deepEqual([dynamic.align, dynamic.entrySizeBytes], [8, 16]);
    assert.notDeepEqual([theirs.addralign, theirs.entsize], [8, 16]);
  });

  it('a file without section headers makes it throw', () => {
    const bytes = dynamicElf({ needed: ['libc.so.6'], sections: false });
    assert.throws(() => elfy.parse(bytes), TypeError);
    const elf = ours(bytes);
    assert.deepEqual(elf.sections, []);
    assert.equal(elf.dynamic?.entries.length, 3);
    assert.deepEqual(elf.diagnostics.list, []);
  });

  it('an e_shstrndx out of range makes it throw', () => {
    const bytes = setField(dynamicElf({ needed: ['libc.so.6'] }), 'e_shstrndx', 99);
    assert.throws(() => elfy.parse(bytes), TypeError);
    const elf = ours(bytes);
    assert.ok(elf.sections.length > 3);
    assert.ok(elf.sections.every((section) => section.name === ''));
    const [diagnostic] = elf.diagnostics.list;
    assert.deepEqual([diagnostic?.field, diagnostic?.fileOffset], ['e_shstrndx', 62]);
  });

  it('what lies outside of the file is silently shorter', () => {
    const bytes = setField(dynamicElf({ needed: ['libc.so.6'] }), 'p_filesz', 1_000_000, 1);
    const theirs = elfy.parse(bytes).body.programs[1]!;
    assert.ok((theirs.data?.length ?? 0) < 1_000_000);
    const elf = ours(bytes);
    assert.ok(elf.dynamic !== undefined);
    assert.deepEqual(
      elf.diagnostics.list.map(({ code, field }) => [code, field]),
      [['truncated', 'PT_DYNAMIC']],
    );
  });

  it('a table outside of the compact prefix never reaches it, and reads the same', () => {
    for (const [elfClass, data] of [
      [32, 'LE'],
      [32, 'BE'],
      [64, 'LE'],
      [64, 'BE'],
    ] as const) {
      const build = (count: number): ElfFile => {
        const builder = new ElfBuilder({ class: elfClass, data });
        for (let i = 0; i < count; i++) {
          const at = i % 5 === 0 ? 0xfedcba98 : i * 3;
          builder.segment({
            type: 0x70000000 + i,
            flags: i,
            offset: at,
            vaddr: at + i,
            filesz: i * 7,
            memsz: i * 9,
            align: i,
          });
        }
        return ours(builder.build());
      };
      // Twenty fit the prefix, two hundred do not.
      const [few, many] = [build(20), build(200)];
      assert.deepEqual(many.programHeaders.slice(1, 21), few.programHeaders.slice(1, 21));
      assert.equal(many.programHeaders.length, 201);
      assert.equal(many.programHeaders[200]?.flags, 199);
    }
  });
});
