// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, realpathSync } from 'node:fs';
import { openElf } from '@otelkit/core';
import { buildUnwindTable, openTable } from '../../src/index.ts';
import { compareRows } from '../fixtures/compareRows.ts';
import { readelfRows } from '../fixtures/readelfRows.ts';

const SHOWN_PROBLEMS = 5;

function files(): string[] {
  const wanted = ['/bin/sh', '/bin/bash', '/lib/x86_64-linux-gnu/libc.so.6'];
  return [...new Set(wanted.filter((path) => existsSync(path)).map((path) => realpathSync(path)))];
}

describe('tables agree with readelf', () => {
  for (const path of files()) {
    it(path, () => {
      const elf = openElf(path);
      try {
        const table = buildUnwindTable(elf);
        assert.ok(table !== undefined);
        const reader = openTable(table.bytes);
        assert.ok(typeof reader !== 'string', String(reader));
        const { compared, problems } = compareRows(reader, readelfRows(path), {
          entry: Number(elf.header.entry),
        });
        assert.deepEqual(problems.slice(0, SHOWN_PROBLEMS), []);
        assert.ok(compared > 0);
      } finally {
        elf.source.close();
      }
    });
  }
});
