// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { openElf } from '@otelkit/core';
import { buildUnwindTable, CFA, openTable } from '../../src/index.ts';
import { compareRows } from '../fixtures/compareRows.ts';
import { gcc, needsTools } from '../fixtures/compile.ts';
import { readelfRows } from '../fixtures/readelfRows.ts';

const SOURCE_C = `
volatile int sink;
__attribute__((noinline)) int one(int x) { char b[200]; b[x] = 1; sink += b[x / 2]; return x; }
int start_here(int c) { return one(c) + one(c + 1) + sink; }
`;
const BARE = ['-O2', '-shared', '-fPIC', '-nostdlib', '-fno-asynchronous-unwind-tables'];

describe('.debug_frame', () => {
  beforeEach(function () {
    needsTools(this, 'gcc', 'readelf');
  });

  const variants = ['-gdwarf-2', '-gdwarf-4', '-gdwarf-5', '-gdwarf64', '-gz=zlib', '-gz=zlib-gnu'];
  for (const variant of variants) {
    it(`is read like readelf reads it (${variant})`, async () => {
      const path = gcc(SOURCE_C, [...BARE, variant]);
      const elf = openElf(path);
      const table = buildUnwindTable(elf)!;
      elf.source.close();
      assert.deepEqual(table.sources, ['.debug_frame']);
      const reader = openTable(table.bytes);
      assert.ok(typeof reader !== 'string');
      const section = variant === '-gz=zlib-gnu' ? '.zdebug_frame' : '.debug_frame';
      const rows = await readelfRows(path, section);
      const { compared, problems } = compareRows(reader, rows);
      assert.deepEqual(problems, []);
      assert.ok(compared > 4, `${compared} of ${rows.length} rows`);
    });
  }

  it('is not there: frame pointers are all that is left, and the table says so', () => {
    const elf = openElf(gcc(SOURCE_C, [...BARE, '-g0']));
    const table = buildUnwindTable(elf)!;
    const reader = openTable(table.bytes);
    assert.ok(typeof reader !== 'string');
    assert.deepEqual(table.sources, ['frame pointers']);
    reader.find(Number(elf.section('.text')!.addr));
    assert.equal(reader.cfaKind, CFA.FRAME_POINTER);
    elf.source.close();
  });
});
