// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { openElf } from '@otelkit/core';
import {
  buildUnwindTable,
  openTable,
  readOwnVdso,
  readTableFile,
  TableCache,
  tableKey,
  UNWIND_LIMITS,
  UnwindTables,
  writeTable,
} from '../../src/index.ts';
import { gcc, needsTools, scratchFolder } from '../fixtures/compile.ts';

const SOURCE_C =
  'int one(int x) { return x + 1; }\nint main(int c, char **v) { (void)v; return one(c); }';
/** Larger than what is read at once. */
const LARGE_C = `static const char filler[400000] = {1};\nint at(int i) { return filler[i]; }\n${SOURCE_C}`;

function freshFolder(): string {
  return join(mkdtempSync(join(scratchFolder(), 'cache-')), 'tables');
}

describe('tables of files', function () {
  this.timeout(60_000);
  const open: UnwindTables[] = [];

  function tables(options: ConstructorParameters<typeof UnwindTables>[0]): UnwindTables {
    const made = new UnwindTables(options);
    open.push(made);
    return made;
  }

  beforeEach(function () {
    needsTools(this, 'gcc');
  });

  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  it('are made once and then found, also by the next process', async () => {
    const cacheFolder = freshFolder();
    const program = gcc(SOURCE_C, ['-O1']);
    const first = tables({ cacheFolder });
    const made = (await first.tableFor(program))!;
    assert.deepEqual(made.sources, ['.eh_frame']);
    assert.equal(statSync(cacheFolder).mode & 0o777, 0o700);
    assert.equal(statSync(made.path!).mode & 0o777, 0o600);
    const elf = openElf(program);
    assert.deepEqual(
      Buffer.from(readTableFile(made.path!)!),
      Buffer.from(buildUnwindTable(elf)!.bytes),
    );
    elf.source.close();
    const second = tables({ cacheFolder });
    const found = (await second.tableFor(program))!;
    assert.deepEqual(second.counts, { found: 1, made: 0, failed: 0 });
    assert.deepEqual(
      [found.path, found.sizeBytes, found.baseVaddr, found.segments, found.machine],
      [made.path, made.sizeBytes, made.baseVaddr, made.segments, made.machine],
    );
  });

  it('are made in the worker where the file is large, twenty at the same time as one', async () => {
    const cacheFolder = freshFolder();
    const program = gcc(LARGE_C, ['-O1']);
    assert.ok(statSync(program).size > UNWIND_LIMITS.inlineFileBytes);
    const made = tables({ cacheFolder });
    const answers = await Promise.all(Array.from({ length: 20 }, () => made.tableFor(program)));
    for (const answer of answers) assert.equal(answer!.path, answers[0]!.path);
    assert.deepEqual(made.counts, { found: 0, made: 1, failed: 0 });
  });

  it('come as bytes where nothing is cached', async () => {
    const made = await tables({}).tableFor(gcc(LARGE_C, ['-O1']));
    assert.equal(made!.path, undefined);
    assert.ok(typeof openTable(made!.bytes!) !== 'string');
  });

  it('are made here where no worker can be started', async () => {
    const workerFile = join(scratchFolder(), 'no-such-worker.js');
    const made = tables({ workerFile });
    assert.ok(((await made.tableFor(gcc(LARGE_C, ['-O1'])))!.bytes?.length ?? 0) > 0);
    const none = tables({ workerFile: null });
    assert.ok(((await none.tableFor(gcc(LARGE_C, ['-O1'])))!.bytes?.length ?? 0) > 0);
  });

  it('are made anew where the cached one is damaged, cut short or no file', async () => {
    const cacheFolder = freshFolder();
    const program = gcc(SOURCE_C, ['-O1']);
    const path = (await tables({ cacheFolder }).tableFor(program))!.path!;
    const whole = readFileSync(path);
    const damages: (() => void)[] = [
      () => writeFileSync(path, whole.subarray(0, whole.length - 1)),
      () => writeFileSync(path, Buffer.from(whole).fill(0xff, whole.length - 4)),
      () => writeFileSync(path, ''),
      () => {
        rmSync(path);
        symlinkSync('/etc/passwd', path);
      },
    ];
    for (const damage of damages) {
      damage();
      const again = tables({ cacheFolder });
      assert.equal((await again.tableFor(program))!.path, path);
      assert.deepEqual(again.counts, { found: 0, made: 1, failed: 0 });
      assert.deepEqual(readFileSync(path), whole);
    }
  });

  it('are not kept in a folder that others can write to', async () => {
    const cacheFolder = freshFolder();
    mkdirSync(cacheFolder, { recursive: true });
    chmodSync(cacheFolder, 0o777);
    const made = tables({ cacheFolder });
    assert.match(made.cacheProblem!, /can be written to by others/);
    assert.ok((await made.tableFor(gcc(SOURCE_C, ['-O1'])))!.bytes !== undefined);
    assert.deepEqual(readdirSync(join(cacheFolder, 'v3')), []);
  });

  it('keep another file with the same build ID apart', () => {
    const id = '-Wl,--build-id=0x0123456789abcdef0123456789abcdef01234567';
    const keys = [SOURCE_C, LARGE_C].map((source) => {
      const elf = openElf(gcc(source, ['-O1', id]));
      const key = tableKey(elf);
      elf.source.close();
      return key;
    });
    assert.match(keys[0]!, /^b0123456789abcdef/);
    assert.notEqual(keys[0], keys[1]);
  });

  it('leave the cache by age when it is full', () => {
    const folder = freshFolder();
    const bytes = new Uint8Array(1000);
    const cache = TableCache.open(folder, 2500);
    assert.ok(typeof cache !== 'string');
    for (const [i, key] of ['aa', 'bb', 'cc'].entries()) {
      writeTable(cache.pathOf(key), bytes);
      utimesSync(cache.pathOf(key), 1000 + i, 1000 + i);
    }
    const later = TableCache.open(folder, 2500);
    assert.ok(typeof later !== 'string');
    assert.equal(later.totalBytes, 3000);
    writeTable(later.pathOf('dd'), bytes);
    later.added('dd', bytes.length);
    assert.deepEqual(
      ['aa', 'bb', 'cc', 'dd'].map((key) => existsSync(later.pathOf(key))),
      [false, false, true, true],
    );
    assert.throws(() => later.pathOf('../../etc/passwd'), TypeError);
  });

  it('fail for files that wait when all is closed, and the process can end', async () => {
    const made = tables({});
    const waiting = made.tableFor(gcc(LARGE_C, ['-O1']));
    const refused = assert.rejects(waiting, /closed/);
    await made.close();
    await refused;
  });

  it('exist for the vDSO', async () => {
    const vdso = readOwnVdso();
    assert.ok(vdso !== undefined);
    const table = await tables({}).tableFor(vdso);
    assert.ok((table!.bytes?.length ?? 0) > 0);
  });
});
