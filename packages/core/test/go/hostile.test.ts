// SPDX-License-Identifier: Apache-2.0
// Damaged Go programs: what comes out may be less, never an exception or an endless loop.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type ByteSource,
  ElfFile,
  InputError,
  MemorySource,
  openGoPclntab,
  readGoBuildId,
  readGoBuildInfo,
} from '../../src/index.ts';
import { copyOf } from '../fixtures/compile.ts';
import { ElfBuilder } from '../fixtures/elfBuilder.ts';
import { LOCAL, needProgram, withElf } from './goPrograms.ts';

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');

function readAll(bytes: Uint8Array): void {
  let elf: ElfFile;
  try {
    elf = new ElfFile(new MemorySource('mutant', bytes));
  } catch (error) {
    assert.ok(error instanceof InputError);
    return;
  }
  const version = readGoBuildInfo(elf)?.goVersion;
  assert.match(version ?? 'go', /^(go|devel |unknown)[\x20-\x7e]*$/);
  readGoBuildId(elf);
  const table = openGoPclntab(elf);
  if (table === undefined) return;
  for (let i = 0; i < table.functionCount; i += Math.ceil(table.functionCount / 20)) {
    table.functionName(i);
    const vaddr = table.entryVaddr(i);
    if (vaddr === undefined) continue;
    const size = table.functionSizeBytes(i);
    if (size > 0) assert.ok(table.findFunction(vaddr) >= 0);
    table.fileAndLine(vaddr);
    table.sourceFrames(vaddr + BigInt(size >> 1));
  }
}

interface Mutation {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Places worth damaging: headers, tables, and anywhere. */
function mutations(sizeBytes: number, places: readonly number[]): fc.Arbitrary<Mutation[]> {
  const near = fc.tuple(fc.constantFrom(...places), fc.nat(512)).map(([at, by]) => at + by);
  const value = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 16 }),
    fc.constantFrom(0, 0xff, 0x7f, 0x80).map((byte) => new Uint8Array(8).fill(byte)),
  );
  const at = fc.oneof({ weight: 4, arbitrary: near }, { weight: 1, arbitrary: fc.nat(sizeBytes) });
  const one = fc.record({ at, bytes: value });
  return fc.array(one, { minLength: 1, maxLength: 12 });
}

describe('damaged Go programs', function () {
  this.timeout(600_000);
  for (const release of ['1.15.15', '1.17.13', '1.19.13', LOCAL]) {
    for (const hasSections of [true, false]) {
      const how = hasSections ? 'with' : 'without';
      it(`never throws on mutants of Go ${release} ${how} section headers`, function () {
        const path = needProgram(this, { release, ldflags: '-s -w' });
        const original = copyOf(path);
        if (!hasSections) original.fill(0, 40, 48).fill(0, 60, 64);
        const places = withElf(path, (elf) => {
          const table = openGoPclntab(elf)!;
          const moduledata = elf.vaddrToFileRange(table.moduledata!.vaddr)!.fileOffset;
          const info = readGoBuildInfo(elf)!.fileOffset;
          return [0, table.fileOffset, table.fileOffset + 600, moduledata, info];
        });
        fc.assert(
          fc.property(mutations(original.length, places), (list) => {
            const saved = list.map(({ at, bytes }) =>
              Buffer.from(original.subarray(at, at + bytes.length)),
            );
            for (const { at, bytes } of list)
              original.set(bytes.subarray(0, Math.max(0, original.length - at)), at);
            try {
              readAll(original);
            } finally {
              for (let i = list.length - 1; i >= 0; i--) original.set(saved[i]!, list[i]!.at);
            }
          }),
          { numRuns: 150 },
        );
      });
    }
  }

  it('never throws on a program cut anywhere', function () {
    const path = needProgram(this, { release: LOCAL, ldflags: '-s -w' });
    const original = copyOf(path);
    fc.assert(
      fc.property(fc.nat(original.length), (length) => readAll(original.subarray(0, length))),
      { numRuns: 150 },
    );
  });
});

describe('hostile Go build information', () => {
  function withBlob(blob: Buffer): ElfFile {
    const builder = new ElfBuilder({ base: 0x400000n });
    builder.piece('data', blob, { align: 16, segment: 1, segmentFlags: 6 });
    return new ElfFile(new MemorySource('crafted', builder.build()));
  }

  const inline = (rest: Buffer): Buffer =>
    Buffer.concat([MAGIC, Buffer.of(8, 2), Buffer.alloc(16), rest]);

  const cases: readonly (readonly [string, Buffer])[] = [
    ['nothing but the magic', MAGIC],
    ['a header without strings', inline(Buffer.alloc(0))],
    ['an endless varint', inline(Buffer.alloc(400, 0xff))],
    ['a length of 2^63', inline(Buffer.from('80808080808080808001', 'hex'))],
    ['a length past the end', inline(Buffer.from('\x7fgo1.21'))],
    ['an empty version', inline(Buffer.of(0, 0))],
    ['escape characters in the version', inline(Buffer.from('\x0bgo1.2\x1b[31m2\x00'))],
    ['a version of another kind', inline(Buffer.from('\x05rust1\x00'))],
    ['pointers into nowhere', Buffer.concat([MAGIC, Buffer.of(8, 0), Buffer.alloc(16, 0x77)])],
    ['a pointer size of 3', Buffer.concat([MAGIC, Buffer.of(3, 0), Buffer.alloc(16)])],
  ];
  for (const [name, blob] of cases) {
    it(`never makes a version of ${name}`, () => {
      const elf = withBlob(blob);
      assert.equal(readGoBuildInfo(elf), undefined);
      if (blob.length >= 32) assert.equal(elf.diagnostics.list.length, 1);
    });
  }

  it('gives the version where the modules are damaged, and says so', () => {
    const elf = withBlob(inline(Buffer.from('\x08go1.21.5\x7fcut')));
    assert.equal(readGoBuildInfo(elf)?.goVersion, 'go1.21.5');
    assert.equal(elf.diagnostics.list[0]?.field, 'Go module information');
  });

  it('takes the first aligned magic, as Go does, not an unaligned one before it', () => {
    const decoy = Buffer.concat([Buffer.from('12345678'), MAGIC, Buffer.alloc(10)]);
    const elf = withBlob(Buffer.concat([decoy, inline(Buffer.from('\x06go1.22\x00'))]));
    assert.equal(decoy.length % 16, 0);
    assert.equal(readGoBuildInfo(elf)?.goVersion, 'go1.22');
  });

  it('stops searching a gigabyte of zeros at its limit, and says so', () => {
    const source = new SparseSource(1 << 30);
    const elf = new ElfFile(source);
    assert.equal(readGoBuildInfo(elf), undefined);
    assert.equal(elf.diagnostics.list[0]?.code, 'limit');
    assert.ok(source.bytesRead <= 300 << 20, `${source.bytesRead} bytes were read`);
  });
});

/** A gigabyte of zeros behind the headers of one writable segment. */
class SparseSource implements ByteSource {
  readonly path = 'sparse';
  readonly sizeBytes: number;
  bytesRead = 0;
  readonly #headers: Buffer;
  readonly #zeros = Buffer.alloc(1 << 20);

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
    this.#headers = new ElfBuilder({ load: false })
      .segment({ type: 1, flags: 6, offset: 4096, vaddr: 0x400000, filesz: sizeBytes - 4096 })
      .build();
  }

  read(fileOffset: number, lengthBytes: number): Buffer {
    this.bytesRead += lengthBytes;
    const bytes = fileOffset < 4096 ? this.#headers.subarray(fileOffset) : this.#zeros;
    return bytes.subarray(0, lengthBytes);
  }

  changed(): undefined {
    return undefined;
  }

  close(): void {}
}
