// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {
  BAD_NAME,
  ElfFile,
  MemorySource,
  readDynamicStrings,
  readInterpreter,
} from '../../src/index.ts';
import { type DynamicElfOptions, dynamicElf } from '../fixtures/dynamicElf.ts';

const DT_NEEDED = 1;

function open(options: DynamicElfOptions): ElfFile {
  return new ElfFile(new MemorySource('fixture', dynamicElf(options)));
}

describe('names of the dynamic array', () => {
  it('keeps the place of a NEEDED that cannot be read, and tells the rest', () => {
    const elf = open({ needed: ['liba.so', 'libb.so'], entries: [[DT_NEEDED, 0x9f2]] });
    assert.deepEqual(readDynamicStrings(elf).needed, ['liba.so', 'libb.so', BAD_NAME]);
    const [diagnostic] = elf.diagnostics.list;
    assert.equal(diagnostic?.field, 'DT_NEEDED[2]');
    assert.equal(
      diagnostic?.message,
      'string offset 0x9f2 lies past .dynstr (0x11 bytes); the other 2 entries were read',
    );
  });

  it('gives every tag that names files, in both classes and byte orders', () => {
    for (const [bits, data] of [
      [64, 'LE'],
      [64, 'BE'],
      [32, 'LE'],
      [32, 'BE'],
    ] as const) {
      const strings = readDynamicStrings(
        open({ class: bits, data, needed: ['a', 'a', ''], soname: 's', rpath: 'r', runpath: 'u' }),
      );
      assert.deepEqual(strings.needed, ['a', 'a', '']);
      assert.deepEqual([strings.soname, strings.rpath, strings.runpath], ['s', 'r', 'u']);
    }
  });

  it('tells damage once, however often the names are asked for', () => {
    const elf = open({ entries: [[DT_NEEDED, 0x9f2]] });
    assert.equal(readDynamicStrings(elf), readDynamicStrings(elf));
    assert.equal(elf.diagnostics.list.length, 1);
  });

  it('bounds the work on thousands of unreadable entries', () => {
    const entries = Array.from({ length: 30_000 }, () => [DT_NEEDED, 0x7fffffff] as const);
    const elf = open({ entries });
    assert.equal(readDynamicStrings(elf).needed.length, 30_000);
    assert.equal(elf.diagnostics.list.length, 64);
  });

  it('reads the interpreter up to its zero byte', () => {
    assert.equal(readInterpreter(open({ interp: '/lib/ld.so\0junk' })), '/lib/ld.so');
    assert.equal(readInterpreter(open({ interp: '' })), undefined);
    assert.equal(readInterpreter(open({})), undefined);
  });
});
