// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { xzDecompress } from '../../src/debug/xz/xzDecompress.ts';
import { zstdDecompressPortably } from '../../src/debug/zstd.ts';
import { debugInformation, openElf, readSectionData } from '../../src/index.ts';
import { copyOf, gcc, HELLO_C, made, needsTools, scratchFile } from '../fixtures/compile.ts';
import { putNumber, setField } from '../fixtures/elfFields.ts';

function compressed(tool: string, how: string): string {
  return made({
    sources: { 'main.c': HELLO_C },
    commands: [
      ['gcc', '-g', '-gz=none', '-o', 'plain', 'main.c'],
      [tool, `--compress-debug-sections=${how}`, 'plain', 'out'],
    ],
    output: 'out',
  });
}

function sectionBytes(path: string, name: string): Buffer | undefined {
  const elf = openElf(path);
  const section = elf.section(name) ?? elf.section(name.replace('.debug', '.zdebug'));
  const bytes = section === undefined ? undefined : readSectionData(elf, section);
  assert.deepEqual(elf.diagnostics.list, []);
  elf.source.close();
  return bytes === undefined ? undefined : Buffer.from(bytes);
}

describe('compressed sections', () => {
  const plainOf = (): string => gcc(['-g', '-gz=none']);

  it('give the same bytes as the uncompressed ones', function () {
    needsTools(this, 'gcc', 'objcopy');
    const expected = sectionBytes(plainOf(), '.debug_str');
    assert.ok(expected !== undefined && expected.length > 100);
    for (const how of ['zlib-gabi', 'zlib-gnu']) {
      assert.ok(sectionBytes(compressed('objcopy', how), '.debug_str')?.equals(expected), how);
    }
  });

  it('give the same bytes from zstd', function () {
    needsTools(this, 'gcc', 'objcopy', 'zstd');
    const plain = plainOf();
    const expected = sectionBytes(plain, '.debug_str')!;
    // Few linkers can write it yet: Elf64_Chdr, the frame, and the flag are put in by hand.
    const header = Buffer.alloc(24);
    header.writeUInt32LE(2, 0);
    header.writeBigUInt64LE(BigInt(expected.length), 8);
    header.writeBigUInt64LE(1n, 16);
    const frame = execFileSync('zstd', ['-c'], { input: expected });
    const content = scratchFile(Buffer.concat([header, frame]));
    const path = scratchFile(Buffer.alloc(0));
    execFileSync('objcopy', [`--update-section`, `.debug_str=${content}`, plain, path]);
    const before = openElf(path);
    const { index, flags } = before.section('.debug_str')!;
    before.source.close();
    const flagged = scratchFile(setField(copyOf(path), 'sh_flags', flags | 0x800, index));
    assert.ok(sectionBytes(flagged, '.debug_str')?.equals(expected));
  });

  it('are told of with their DWARF version', function () {
    needsTools(this, 'gcc', 'objcopy');
    const told = (path: string): string => {
      const elf = openElf(path);
      const info = debugInformation(elf);
      elf.source.close();
      return `${info.dwarfVersions} ${info.compression} ${info.split} ${info.debugForms}`;
    };
    assert.equal(told(gcc(['-gdwarf-5', '-gz=none'])), '5 null null dwarf,symtab');
    assert.equal(told(gcc(['-gdwarf-4', '-gz=none'])), '4 null null dwarf,symtab');
    assert.match(told(compressed('objcopy', 'zlib-gabi')), /^\d zlib null dwarf,dwarf-compressed/);
    assert.match(told(compressed('objcopy', 'zlib-gnu')), /^\d zdebug null zdebug/);
    assert.match(told(gcc(['-gdwarf-5', '-gsplit-dwarf', '-gz=none'])), /skeleton dwarf,split/);
    assert.match(told(gcc(['-gdwarf-4', '-gsplit-dwarf', '-gz=none'])), /skeleton dwarf,split/);
    assert.equal(told(gcc(['-s'])), ' null null ');
  });

  it('do not inflate beyond what they declare, nor beyond the limit', function () {
    needsTools(this, 'gcc', 'objcopy');
    const path = compressed('objcopy', 'zlib-gabi');
    const place = openElf(path);
    const at = place.section('.debug_str')!.fileOffset;
    place.source.close();
    for (const declared of [1n, 1n << 40n]) {
      const bytes = copyOf(path);
      putNumber(bytes, at + 8, 8, declared, 'LE');
      const elf = openElf(scratchFile(bytes));
      assert.equal(readSectionData(elf, elf.section('.debug_str')!), undefined);
      assert.equal(elf.diagnostics.list.length, 1);
      elf.source.close();
    }
  });
});

describe('xz', () => {
  const contents: readonly (readonly [string, Buffer])[] = [
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('x')],
    ['zeros', Buffer.alloc(300_000)],
    ['noise', randomBytes(100_000)],
    ['text', Buffer.from(HELLO_C.repeat(2000))],
  ];
  const options = [
    [],
    ['-0'],
    ['-9e'],
    ['--check=crc32'],
    ['--check=sha256'],
    ['--check=none', '--lzma2=preset=6,lc=1,lp=2,pb=1'],
    ['--lzma2=preset=6,lc=0,lp=0,pb=0'],
    ['--block-size=4096'],
  ];

  it('gives back what xz compressed, whatever its options', function () {
    needsTools(this, 'xz');
    for (const [what, content] of contents) {
      for (const args of options) {
        const packed = execFileSync('xz', ['-c', ...args], { input: content });
        assert.ok(xzDecompress(packed, 1 << 20).equals(content), `${what} ${args.join(' ')}`);
      }
    }
  });

  it('stops at the limit', function () {
    needsTools(this, 'xz');
    const packed = execFileSync('xz', ['-c'], { input: Buffer.alloc(10_000_000) });
    assert.throws(() => xzDecompress(packed, 1_000_000), /1000000 bytes allowed/);
  });

  it('does not take a damaged block for the end of the stream', function () {
    needsTools(this, 'xz');
    const packed = execFileSync('xz', ['-c'], { input: Buffer.from(HELLO_C) });
    packed[12] = 0;
    assert.throws(() => xzDecompress(packed, 1 << 20), /index/);
  });

  it('throws or gives the very content, whatever is damaged', function () {
    needsTools(this, 'xz');
    const content = Buffer.from(HELLO_C.repeat(20));
    const packed = execFileSync('xz', ['-c'], { input: content });
    fc.assert(
      fc.property(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(packed);
        damaged[at]! ^= flip;
        let result: Buffer;
        try {
          result = xzDecompress(damaged, 1 << 20);
        } catch (error) {
          assert.ok(error instanceof Error);
          return;
        }
        assert.ok(result.equals(content));
      }),
      { numRuns: 600 },
    );
    for (let end = 0; end < packed.length; end++) {
      assert.throws(() => xzDecompress(packed.subarray(0, end), 1 << 20));
    }
  });
});

describe('zstd without help of Node', () => {
  it('gives back what zstd compressed, and stops at the limit', function () {
    needsTools(this, 'zstd');
    for (const content of [
      Buffer.alloc(0),
      Buffer.from(HELLO_C.repeat(5000)),
      randomBytes(70_000),
    ]) {
      for (const args of ['-1', '-19', '--no-check']) {
        const packed = execFileSync('zstd', ['-c', args], { input: content });
        assert.ok(zstdDecompressPortably(packed, content.length).equals(content));
        if (content.length === 0) continue;
        assert.throws(() => zstdDecompressPortably(packed, content.length - 1));
      }
    }
  });

  it('refuses a frame that asks for gigabytes', () => {
    const frame = Buffer.from('28b52ffd00' + 'a0' + '010000', 'hex');
    assert.throws(() => zstdDecompressPortably(frame, 1 << 20), /window/);
  });
});
