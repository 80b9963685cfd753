// SPDX-License-Identifier: Apache-2.0
// Every row of some sixty files of this machine against readelf, and of some of them against LLVM's
// reader. All files of a machine: `node bench/unwind.bench.mjs --compare /usr` (builds first).
import assert from 'node:assert/strict';
import { openElf } from '@otelkit/core';
import { buildUnwindTable, openTable } from '../../src/index.ts';
import { compareRows } from '../fixtures/compareRows.ts';
import { made, needsTools } from '../fixtures/compile.ts';
import { dwarfdumpRows, findDwarfdump } from '../fixtures/dwarfdumpRows.ts';
import { machineFiles } from '../fixtures/machineFiles.ts';
import { type ReadelfRow, readelfRows } from '../fixtures/readelfRows.ts';

const SHOWN_PROBLEMS = 5;
/** So many rows must have been compared for a test to mean anything. */
const LEAST_ROWS = 10_000;
const LEAST_ROWS_OF_A_PROGRAM = 1_000;

/** @returns how many rows agree; 0 for what is no ELF file, or has no .eh_frame */
async function compared(
  path: string,
  rowsOf: (path: string) => Promise<ReadelfRow[]>,
): Promise<number> {
  let elf: ReturnType<typeof openElf>;
  try {
    elf = openElf(path);
  } catch {
    // A script.
    return 0;
  }
  try {
    const table = buildUnwindTable(elf);
    if (table === undefined || !table.sources.includes('.eh_frame')) return 0;
    const reader = openTable(table.bytes);
    assert.ok(typeof reader !== 'string', `${path}: ${String(reader)}`);
    const entry = Number(elf.header.entry);
    const result = compareRows(reader, await rowsOf(path), { entry });
    assert.deepEqual(result.problems.slice(0, SHOWN_PROBLEMS), [], path);
    assert.ok(result.compared > 0, path);
    return result.compared;
  } finally {
    elf.source.close();
  }
}

describe('tables agree with other readers', function () {
  this.timeout(300_000);

  it('with readelf on every row of every file', async function () {
    needsTools(this, 'readelf');
    let total = 0;
    for (const path of machineFiles()) total += await compared(path, readelfRows);
    assert.ok(total > LEAST_ROWS, `${total} rows were compared`);
  });

  it('with llvm-dwarfdump, on all but the largest', async function () {
    const program = findDwarfdump();
    if (program === undefined || process.arch !== 'x64') {
      console.log('skip: no llvm-dwarfdump ≥ 16 on x86_64, install with: apt-get install llvm-19');
      return this.skip();
    }
    let total = 0;
    for (const path of machineFiles()) {
      if (path === process.execPath) continue;
      total += await compared(path, (file) => dwarfdumpRows(program, file));
    }
    assert.ok(total > LEAST_ROWS, `${total} rows were compared`);
  });

  it('with readelf on what rustc makes, panics and generic code included', async function () {
    needsTools(this, 'rustc', 'readelf');
    for (const level of ['0', '3']) {
      const flags = ['-C', `opt-level=${level}`, '-C', 'force-frame-pointers=no', '-o', 'out'];
      const path = made({
        sources: { 'main.rs': RUST },
        commands: [['rustc', ...flags, 'main.rs']],
        output: 'out',
      });
      const rows = await compared(path, readelfRows);
      assert.ok(rows > LEAST_ROWS_OF_A_PROGRAM, `${rows} rows were compared`);
    }
  });
});

/** Frames with landing pads, large ones, closures, and the standard library that is linked in. */
const RUST = `
use std::collections::BTreeMap;
struct Loud(u64);
impl Drop for Loud { fn drop(&mut self) { std::hint::black_box(self.0); } }
#[inline(never)] fn deep<T: std::fmt::Debug>(n: u64, v: &T) -> u64 {
  let loud = Loud(n);
  let big = [n; 700];
  if n == 0 { panic!("{:?}", v); }
  deep(n - 1, v) + std::hint::black_box(big)[3] + loud.0
}
fn main() {
  let mut map = BTreeMap::new();
  for i in 0..100u64 { map.insert(format!("{i}"), i); }
  let r = std::panic::catch_unwind(|| deep(20, &map));
  std::thread::spawn(move || println!("{}", r.is_err())).join().unwrap();
}
`;
