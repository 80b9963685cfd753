// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  AddressIndex,
  allocateColumns,
  ElfFile,
  ET,
  MemorySource,
  NameBytes,
  openElf,
  readSymbolTable,
  type SymbolTable,
} from '../../src/index.ts';
import { gcc, made, needsTools } from '../fixtures/compile.ts';

const STT_FUNC = 2;
const STT_OBJECT = 1;

/** An ELF header and nothing else. */
function emptyElf(): ElfFile {
  const bytes = Buffer.alloc(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeUInt16LE(ET.DYN, 16);
  bytes.writeUInt16LE(62, 18);
  return new ElfFile(new MemorySource('memory', bytes));
}

interface Range {
  readonly start: bigint;
  readonly size: bigint;
}

function tableOf(ranges: readonly Range[], type = STT_FUNC): SymbolTable {
  const columns = allocateColumns(0, ranges.length + 1);
  ranges.forEach(({ start, size }, i) => {
    columns.value.wide[i + 1] = start;
    columns.size.wide[i + 1] = size;
    columns.info[i + 1] = 0x10 | type;
    columns.shndx[i + 1] = 1;
  });
  const names = new NameBytes(new MemorySource('names', Buffer.alloc(1)), {
    fileOffset: 0,
    sizeBytes: 1,
  });
  return { ...columns, kind: 'symtab', names, name: () => '' };
}

/** The start of the innermost range around an address: the one that starts last. */
function bruteForce(ranges: readonly Range[], vaddr: bigint): bigint | undefined {
  let best: bigint | undefined;
  // Of several ranges with one start only one is a candidate: the first of those that are sized.
  const seen = new Set<bigint>();
  for (const { start, size } of ranges) {
    if (size === 0n || seen.has(start)) continue;
    seen.add(start);
    if (vaddr >= start && vaddr < start + size && (best === undefined || start > best)) {
      best = start;
    }
  }
  return best;
}

describe('address index', () => {
  for (const base of [0n, 0x400000n, 0xffffffff81000000n]) {
    it(`agrees with a search of all ranges from ${base.toString(16)} on`, () => {
      const range = fc.record({
        start: fc.bigInt(base, base + 200n),
        size: fc.bigInt(1n, 60n),
      });
      fc.assert(
        fc.property(fc.array(range, { maxLength: 25 }), (ranges) => {
          const table = tableOf(ranges);
          const index = new AddressIndex(emptyElf(), table);
          for (let vaddr = base; vaddr < base + 270n; vaddr++) {
            const hit = index.symbolAt(vaddr);
            const start = hit === undefined ? undefined : table.value.at(hit.index);
            assert.equal(start, bruteForce(ranges, vaddr), `at ${vaddr.toString(16)}`);
          }
        }),
        { numRuns: 150 },
      );
    });
  }

  it('lets functions come before data that covers them', () => {
    const functions = tableOf([{ start: 16n, size: 8n }]);
    const table = tableOf([
      { start: 16n, size: 8n },
      { start: 0n, size: 64n },
    ]);
    table.info[2] = 0x10 | STT_OBJECT;
    const index = new AddressIndex(emptyElf(), table);
    assert.equal(index.symbolAt(20n)?.index, 1);
    assert.equal(index.symbolAt(30n)?.index, 2);
    assert.equal(new AddressIndex(emptyElf(), functions).symbolAt(30n), undefined);
  });

  it('does not overflow at the end of the address space', () => {
    const index = new AddressIndex(
      emptyElf(),
      tableOf([{ start: 0xfffffffffffffff0n, size: 0xffffffffffffffffn }]),
    );
    assert.equal(index.symbolAt(0xfffffffffffffff8n)?.offsetBytes, 8n);
    assert.equal(index.symbolAt(0n), undefined);
  });

  it('ends symbols without size at the next one, and at the end of their section', function () {
    needsTools(this, 'gcc');
    const source = [
      '.globl _start, second',
      '.type _start, @function',
      '_start: nop; nop; nop; nop',
      '.type second, @function',
      'second: nop; nop',
      '.section .other,"ax"',
      '.balign 64',
      'label: nop',
    ].join('\n');
    const path = made({
      sources: { 'main.s': `${source}\n` },
      commands: [['gcc', '-nostdlib', '-static', '-o', 'out', 'main.s']],
      output: 'out',
    });
    const elf = openElf(path);
    const table = readSymbolTable(elf, 'symtab')!;
    const index = new AddressIndex(elf, table);
    const text = elf.section('.text')!.addr;
    const nameAt = (vaddr: bigint): string | undefined => {
      const hit = index.symbolAt(vaddr);
      return hit === undefined ? undefined : `${table.name(hit.index)}+${hit.offsetBytes}`;
    };
    assert.equal(nameAt(text + 3n), '_start+3');
    assert.equal(nameAt(text + 4n), 'second+0');
    assert.equal(nameAt(text + 5n), 'second+1');
    assert.equal(nameAt(text + BigInt(elf.section('.text')!.sizeBytes)), undefined);
    assert.equal(nameAt(elf.section('.other')!.addr), 'label+0');
    elf.source.close();
  });

  it('prefers the plain name among aliases', function () {
    needsTools(this, 'gcc');
    const source =
      'int __f(void) { return 1; }\nint f(void) __attribute__((weak, alias("__f")));\n' +
      'static int l(void) __attribute__((alias("__f"), used));\nint main(void) { return f(); }\n';
    const elf = openElf(gcc([], source));
    const table = readSymbolTable(elf, 'symtab')!;
    const index = new AddressIndex(elf, table);
    for (let i = 1; i < table.count; i++) {
      if (table.name(i) !== '__f') continue;
      assert.equal(table.name(index.symbolAt(table.value.at(i))!.index), 'f');
    }
    elf.source.close();
  });
});
