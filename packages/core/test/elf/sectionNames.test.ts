// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { MemorySource } from '../../src/bytes/byteSource.ts';
import { SectionNames, sectionNamesAt } from '../../src/elf/sectionNames.ts';

const at = (bytes: Buffer, fileOffset = 0, sizeBytes = bytes.length): SectionNames | undefined =>
  sectionNamesAt(new MemorySource('x', bytes), fileOffset, sizeBytes);

describe('elf/section names', () => {
  it('are those that a zero byte ends inside the table', () => {
    const names = new SectionNames('\0.text\0.rela.text\0.cut');
    assert.deepEqual(
      [0, 1, 7, 12, 18, 99].map((index) => names.at(index)),
      ['', '.text', '.rela.text', '.text', undefined, undefined],
    );
    // Asked twice, the second time out of memory.
    assert.equal(names.at(12), '.text');
    assert.equal(names.at(18), undefined);
  });

  it('say what cannot be among them', () => {
    const names = new SectionNames('\0.note.go.buildid\0');
    assert.equal(names.mayHold('.go.buildinfo'), false);
    assert.equal(names.mayHold('.note.go.buildid'), true);
    assert.equal(names.mayHold(/\.go\./), true);
    assert.equal(names.mayHold(/\.gosymtab/), false);
  });

  it('are shared by files that have the same table', () => {
    const table = Buffer.from('\0.shared.by.two\0');
    assert.equal(at(Buffer.concat([Buffer.alloc(5), table]), 5, table.length), at(table));
  });

  it('are left to the string table where it is cut, large, or not ASCII', () => {
    assert.equal(at(Buffer.from('\0.text\0'), 0, 8), undefined);
    assert.equal(at(Buffer.alloc(4097)), undefined);
    assert.equal(at(Buffer.from('\0.t\u00e9xt\0', 'latin1')), undefined);
    assert.equal(at(Buffer.alloc(0)), undefined);
  });
});
