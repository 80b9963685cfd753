// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import {
  ElfFile,
  MemorySource,
  openElf,
  type RelocationTable,
  readRelrAddresses,
  relocationTables,
  walkRelocations,
} from '../../src/index.ts';
import { gcc, needsTools, outputOf, zigLibrary } from '../fixtures/compile.ts';

/** `offset info` of all entries with r_info, as readelf prints them, sorted. */
function readelfEntries(path: string): string[] {
  const lines = outputOf('readelf', ['-rW', path]).split('\n');
  const entries: string[] = [];
  for (const line of lines) {
    const match = /^([0-9a-f]{8,16}) +([0-9a-f]{8,16}) R_/.exec(line);
    if (match !== null) entries.push(`${parseInt(match[1]!, 16)} ${BigInt(`0x${match[2]}`)}`);
  }
  return entries.sort();
}

function ourEntries(path: string): string[] {
  const elf = openElf(path);
  const entries: string[] = [];
  const is64 = elf.header.class === 64;
  for (const table of relocationTables(elf)) {
    if (table.form === 'relr') continue;
    walkRelocations(elf, table, (batch) => {
      for (let i = 0; i < batch.count; i++) {
        const symbol = BigInt(batch.symbol[i]!);
        const info = (symbol << (is64 ? 32n : 8n)) | BigInt(batch.type[i]!);
        entries.push(`${batch.offset.at(i)} ${info}`);
      }
      return true;
    });
  }
  elf.source.close();
  return entries.sort();
}

describe('relocations', () => {
  it('agree with readelf on programs, libraries and object files', function () {
    needsTools(this, 'gcc', 'readelf');
    const paths = [
      gcc([]),
      gcc(['-c']),
      gcc(['-static-pie']),
      '/usr/lib/x86_64-linux-gnu/libssl.so.3',
    ];
    for (const path of paths.filter((one) => existsSync(one))) {
      const expected = readelfEntries(path);
      assert.ok(expected.length > 0, path);
      assert.deepEqual(ourEntries(path), expected, path);
    }
  });

  it('agree with readelf in other classes and byte orders', function () {
    needsTools(this, 'zig', 'readelf');
    for (const target of ['x86-linux-none', 'powerpc-linux-none', 's390x-linux-none']) {
      const path = zigLibrary(target);
      assert.deepEqual(ourEntries(path), readelfEntries(path), target);
    }
  });

  it('packed as RELR are the same as unpacked ones', function () {
    needsTools(this, 'gcc');
    const source = `${Array.from({ length: 300 }, (_, i) => `int v${i};`).join('\n')}
      int *p[] = { ${Array.from({ length: 300 }, (_, i) => (i % 7 ? `&v${i}` : '0')).join(', ')} };
      int main(void) { return *p[1]; }`;
    const addresses = (path: string): bigint[] => {
      const elf = openElf(path);
      const base = readSection(elf, '.data');
      const found: bigint[] = [];
      for (const table of relocationTables(elf)) {
        walkRelocations(elf, table, (batch) => {
          for (let i = 0; i < batch.count; i++) {
            const vaddr = batch.offset.at(i) - base.start;
            if (batch.symbol[i] === 0 && vaddr >= 0n && vaddr < base.size) found.push(vaddr);
          }
          return true;
        });
      }
      elf.source.close();
      return found.sort((a, b) => Number(a - b));
    };
    const plain = addresses(gcc(['-pie', '-fPIE'], source));
    const packed = addresses(gcc(['-pie', '-fPIE', '-Wl,-z,pack-relative-relocs'], source));
    assert.ok(plain.length > 200);
    assert.deepEqual(packed, plain);
  });

  it('in a hostile RELR table end at the limit', () => {
    const bytes = Buffer.alloc(64 + 8 * 200_000, 0xff);
    bytes.fill(0, 0, 64);
    bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
    const elf = new ElfFile(new MemorySource('memory', bytes));
    const table: RelocationTable = {
      name: 'DT_RELR',
      form: 'relr',
      fileOffset: 64,
      sizeBytes: 8 * 200_000,
      entryCount: 200_000,
    };
    assert.equal(readRelrAddresses(elf, table).length, 4_194_304);
    assert.ok(elf.diagnostics.list.some((one) => one.code === 'limit'));
  });
});

function readSection(elf: ElfFile, name: string): { start: bigint; size: bigint } {
  const section = elf.section(name)!;
  return { start: section.addr, size: BigInt(section.sizeBytes) };
}
