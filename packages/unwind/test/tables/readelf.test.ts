// SPDX-License-Identifier: Apache-2.0
// Every row of some sixty files of this machine against readelf. All files of a machine:
// `node bench/unwind.bench.mjs --compare /usr` (builds first).
import assert from 'node:assert/strict';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openElf } from '@otelkit/core';
import { buildUnwindTable, openTable } from '../../src/index.ts';
import { compareRows } from '../fixtures/compareRows.ts';
import { findTool } from '../fixtures/compile.ts';
import { readelfRows } from '../fixtures/readelfRows.ts';

const SHOWN_PROBLEMS = 5;
const SMALL_FILES = 40;
const SMALL_BYTES = 150_000;
const ALWAYS = [
  process.execPath,
  '/bin/sh',
  '/bin/bash',
  '/lib/x86_64-linux-gnu/libc.so.6',
  '/lib64/ld-linux-x86-64.so.2',
  '/usr/lib/x86_64-linux-gnu/libstdc++.so.6',
];
const FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/lib/x86_64-linux-gnu', '/usr/libexec'];

/** The large and the odd ones, and small ones taken evenly from all. */
function files(): string[] {
  const small: string[] = [];
  for (const folder of FOLDERS.filter((path) => existsSync(path))) {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats?.isFile() && stats.size < SMALL_BYTES) small.push(path);
    }
  }
  const step = Math.max(1, Math.floor(small.length / SMALL_FILES));
  const sample = small.filter((_, i) => i % step === 0);
  const all = [...ALWAYS.filter((path) => existsSync(path)), ...sample];
  return [...new Set(all.map((path) => realpathSync(path)))];
}

describe('tables agree with readelf', function () {
  this.timeout(300_000);

  it('on every row of every file', async function () {
    if (findTool('readelf') === undefined) {
      console.log('skip: readelf is not here, install with: apt-get install binutils');
      return this.skip();
    }
    let total = 0;
    for (const path of files()) {
      let elf: ReturnType<typeof openElf>;
      try {
        elf = openElf(path);
      } catch {
        // A script.
        continue;
      }
      try {
        const table = buildUnwindTable(elf);
        if (table === undefined || !table.sources.includes('.eh_frame')) continue;
        const reader = openTable(table.bytes);
        assert.ok(typeof reader !== 'string', `${path}: ${String(reader)}`);
        const entry = Number(elf.header.entry);
        const { compared, problems } = compareRows(reader, await readelfRows(path), { entry });
        assert.deepEqual(problems.slice(0, SHOWN_PROBLEMS), [], path);
        assert.ok(compared > 0, path);
        total += compared;
      } finally {
        elf.source.close();
      }
    }
    assert.ok(total > 10_000, `${total} rows were compared`);
  });
});
