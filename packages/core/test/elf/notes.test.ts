// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { MemorySource } from '../../src/bytes/byteSource.ts';
import { ElfFile } from '../../src/elf/elfFile.ts';
import {
  abiTag,
  dlopenNotes,
  gnuBuildId,
  packageNote,
  stapsdtProbes,
} from '../../src/elf/noteContents.ts';
import { inspectElf } from '../../src/inspect/inspectElf.ts';
import { dynamicElf } from '../fixtures/dynamicElf.ts';
import type { ElfBuilder } from '../fixtures/elfBuilder.ts';

const PACKAGE = 0xcafe1a7e;
const DLOPEN = 0x407c0c0a;
const PT_NOTE = 4;
const LAYOUTS = [
  { class: 32, data: 'BE' },
  { class: 64, data: 'LE' },
] as const;

/** File offset of the first program header of a type, in a 64-bit little-endian file. */
function programHeaderAt(bytes: Buffer, type: number): number {
  const phoff = Number(bytes.readBigUInt64LE(32));
  for (let i = 0; i < bytes.readUInt16LE(56); i++) {
    if (bytes.readUInt32LE(phoff + i * 56) === type) return phoff + i * 56;
  }
  throw new Error(`no program header of type ${type}`);
}

function withNotes(
  notes: (builder: ElfBuilder) => Buffer,
  layout: (typeof LAYOUTS)[number] = LAYOUTS[1],
): ElfFile {
  return new ElfFile(
    new MemorySource('x', dynamicElf({ ...layout, needed: ['libc.so.6'], notes })),
  );
}

const fdo = (type: number, ...texts: readonly (string | Buffer)[]): ElfFile =>
  withNotes((builder) =>
    Buffer.concat(
      texts.map((text) =>
        builder.note('FDO', type, Buffer.concat([Buffer.from(text as string), Buffer.of(0)])),
      ),
    ),
  );

describe('elf/notes', () => {
  for (const layout of LAYOUTS) {
    it(`reads them one after the other, ${layout.class}-bit ${layout.data}`, () => {
      const elf = withNotes(
        (builder) =>
          Buffer.concat([
            builder.note('GNU', 1, builder.pack([4, 0], [4, 3], [4, 2], [4, 0])),
            builder.note('', 7, Buffer.of(1, 2, 3)),
            builder.note('an owner of more than twenty letters', 9, Buffer.alloc(0)),
            builder.note('GNU', 3, Buffer.from('c0ffee', 'hex')),
          ]),
        layout,
      );
      assert.deepEqual(
        elf.notes.map((note) => [note.name, note.type, note.sizeBytes]),
        [
          ['GNU', 1, 16],
          ['', 7, 3],
          ['an owner of more than twenty letters', 9, 0],
          ['GNU', 3, 3],
        ],
      );
      assert.equal(abiTag(elf), 'linux 3.2.0');
      assert.equal(gnuBuildId(elf), 'c0ffee');
      assert.deepEqual(elf.diagnostics.list, []);
    });
  }

  it('keeps those before one that overruns, and says where', () => {
    const elf = withNotes((builder) => {
      const bytes = Buffer.concat([
        builder.note('GNU', 3, Buffer.from('aabb', 'hex')),
        builder.note('GNU', 4, Buffer.alloc(8)),
      ]);
      bytes.writeUInt32LE(0xffff_fff0, 20 + 4);
      return bytes;
    });
    assert.equal(gnuBuildId(elf), 'aabb');
    const [first] = elf.diagnostics.list;
    assert.deepEqual([first?.code, first?.field], ['out-of-range', 'PT_NOTE note 1']);
  });

  it('reads every note of a long region, wherever a read of it ends', () => {
    const owners = Array.from({ length: 120 }, (_, i) => 'o'.repeat((i * 7) % 60) + String(i));
    const elf = withNotes((builder) =>
      Buffer.concat(
        owners.map((owner, i) => builder.note(owner, i, Buffer.alloc((i * 5) % 90, i))),
      ),
    );
    assert.deepEqual(
      elf.notes.map(({ name, type, sizeBytes }) => [name, type, sizeBytes]),
      owners.map((owner, i) => [owner, i, (i * 5) % 90]),
    );
    for (const [i, { fileOffset, sizeBytes }] of elf.notes.entries()) {
      assert.ok(elf.source.read(fileOffset, sizeBytes).every((byte) => byte === i));
    }
    assert.deepEqual(elf.diagnostics.list, []);
  });

  it('tells of a segment beyond every file once, whoever asks', () => {
    const bytes = dynamicElf({
      class: 64,
      data: 'LE',
      needed: [],
      notes: (b) => b.note('x', 1, b.note('', 0, Buffer.alloc(0))),
    });
    const at = programHeaderAt(bytes, PT_NOTE);
    bytes.writeBigUInt64LE(0xffff_ffff_ffff_fff0n, at + 8);
    const elf = new ElfFile(new MemorySource('x', bytes));
    const told = inspectElf(elf).diagnostics.filter(({ field }) => field === 'PT_NOTE');
    assert.equal(told.length, 1);
  });

  it('takes an empty or a monstrous build ID for none', () => {
    assert.equal(gnuBuildId(withNotes((b) => b.note('GNU', 3, Buffer.alloc(0)))), null);
    const long = withNotes((b) => b.note('GNU', 3, Buffer.alloc(257)));
    assert.equal(gnuBuildId(long), null);
    assert.equal(long.diagnostics.list[0]?.code, 'limit');
    const longest = withNotes((b) => b.note('GNU', 3, Buffer.alloc(256, 1)));
    assert.equal(gnuBuildId(longest)?.length, 512);
  });

  it('keeps package metadata as it is, and text where it is no JSON', () => {
    const value = { type: 'deb', name: 'ä', nested: { a: [1, null, true] } };
    assert.deepEqual(packageNote(fdo(PACKAGE, JSON.stringify(value))), value);
    const broken = fdo(PACKAGE, '{"type":');
    assert.equal(packageNote(broken), '{"type":');
    assert.equal(broken.diagnostics.list[0]?.code, 'bad-value');
    const bytes = fdo(PACKAGE, Buffer.from('{"name":"\xff"}', 'latin1'));
    assert.deepEqual(packageNote(bytes), { name: '\udcff' });
    assert.equal(packageNote(fdo(PACKAGE)), null);
  });

  it('does not count brackets inside strings as depth', () => {
    const text = JSON.stringify({ a: `${'[{'.repeat(500)}"\\`, b: ['\\"[[[['] });
    assert.deepEqual(packageNote(fdo(PACKAGE, text)), JSON.parse(text));
    const deep = fdo(PACKAGE, `${'['.repeat(65)}${']'.repeat(65)}`);
    assert.equal(typeof packageNote(deep), 'string');
    assert.equal(deep.diagnostics.list[0]?.code, 'limit');
    const allowed = fdo(PACKAGE, `${'['.repeat(64)}${']'.repeat(64)}`);
    assert.ok(Array.isArray(packageNote(allowed)));
    const wide = fdo(PACKAGE, `[${'[],'.repeat(1000)}[]]`);
    assert.equal((packageNote(wide) as unknown[]).length, 1001);
  });

  it('joins the entries of all dlopen notes', () => {
    const elf = fdo(
      DLOPEN,
      '[{"soname":["liba.so"]},{"soname":["libb.so"]}]',
      '{"soname":[]}',
      'x',
    );
    assert.deepEqual(dlopenNotes(elf), [
      { soname: ['liba.so'] },
      { soname: ['libb.so'] },
      { soname: [] },
      'x',
    ]);
  });

  it('reads probes of both classes, their texts without loss', () => {
    for (const layout of LAYOUTS) {
      const w = layout.class === 64 ? 8 : 4;
      const elf = withNotes((b) => {
        const head = b.pack([w, 0x1000], [w, 0x2000], [w, 0x3000]);
        const text = Buffer.from('provider\0na\xffme\x00-4@%edi\0', 'latin1');
        return Buffer.concat([
          b.note('stapsdt', 3, Buffer.concat([head, text])),
          b.note('stapsdt', 3, Buffer.of(1, 2)),
        ]);
      }, layout);
      assert.deepEqual(stapsdtProbes(elf), [
        {
          provider: 'provider',
          name: 'na\udcffme',
          arguments: '-4@%edi',
          pc: 0x1000n,
          semaphore: 0x3000n,
        },
      ]);
    }
  });
});
