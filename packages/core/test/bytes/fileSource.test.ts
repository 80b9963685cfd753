// SPDX-License-Identifier: Apache-2.0
// What is no ordinary file, or does not stay what it was. None of these may block, and each is
// told as what it is.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { MemorySource } from '../../src/bytes/byteSource.ts';
import { type FileSource, openFile } from '../../src/bytes/fileSource.ts';
import { decodeBytes, encodePath } from '../../src/bytes/surrogateEscape.ts';
import { InputError } from '../../src/diagnostics/diagnostic.ts';
import { openElf } from '../../src/elf/elfFile.ts';
import { otelFileId } from '../../src/ids/fileId.ts';
import { inspectElf } from '../../src/inspect/inspectElf.ts';
import { copyOf, gcc, needsTools, scratchFile, scratchFolder } from '../fixtures/compile.ts';
import { dynamicElf } from '../fixtures/dynamicElf.ts';

const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;

function refusal(path: string): InputError {
  try {
    openFile(path).close();
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: `${path} was opened` });
}

function folder(): string {
  return mkdtempSync(join(scratchFolder(), 'special-'));
}

describe('bytes/files that are none', () => {
  it('does not wait for the writer of a FIFO', function () {
    needsTools(this, 'mkfifo');
    const path = join(folder(), 'fifo');
    execFileSync('mkfifo', [path]);
    const error = refusal(path);
    assert.deepEqual([error.code, error.message], ['not-regular', 'is a FIFO, not a regular file']);
  });

  it('names directories, devices and sockets', async () => {
    assert.match(refusal(folder()).message, /is a directory/);
    assert.match(refusal('/dev/zero').message, /character device/);
    assert.match(refusal('/dev/null').message, /character device/);
    const path = join(folder(), 'socket');
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      assert.equal(refusal(path).code, 'not-regular');
      assert.match(refusal(path).message, /socket/);
    } finally {
      server.close();
    }
  });

  it('names the error of the operating system', () => {
    const cycle = join(folder(), 'a');
    symlinkSync(cycle, cycle);
    const dangling = join(folder(), 'b');
    symlinkSync('/no/such', dangling);
    const cases: [string, string][] = [
      [cycle, 'ELOOP'],
      [dangling, 'ENOENT'],
      ['', 'ENOENT'],
      ['/no/such/file', 'ENOENT'],
      [`${scratchFile(Buffer.of(1))}/below`, 'ENOTDIR'],
      [`/${'x'.repeat(5000)}`, 'ENAMETOOLONG'],
    ];
    for (const [path, errno] of cases) {
      const error = refusal(path);
      assert.deepEqual([error.code, error.errno], ['io', errno]);
      assert.doesNotMatch(error.message, /E[A-Z]{4}/);
    }
  });

  it('says that permission is missing, to who is not root', function () {
    const path = join(folder(), 'secret');
    writeFileSync(path, dynamicElf());
    chmodSync(path, 0);
    const script = `import { openFile } from ${JSON.stringify(LIBRARY)};
      try { openFile(process.argv[1]); console.log('opened'); }
      catch (error) { console.log(error.code, error.errno, error.message); }`;
    const isRoot = process.getuid?.() === 0;
    const args = ['--input-type=module', '-e', script, path];
    const uid = isRoot ? { uid: 65534, gid: 65534 } : {};
    const result = spawnSync(process.execPath, args, { encoding: 'utf8', ...uid });
    if (result.status !== 0) {
      console.log(
        'skip: not built, or another user may not read it: npm run build, outside of /root',
      );
      this.skip();
    }
    assert.equal(result.stdout, 'io EACCES cannot open: permission denied\n');
  });
});

describe('bytes/files that change', () => {
  const opened = (): { path: string; source: FileSource } => {
    const path = scratchFile(dynamicElf({ needed: ['libc.so.6'] }));
    return { path, source: openFile(path) };
  };

  it('says so when the file grew, shrank or was written to', () => {
    const grown = opened();
    appendFileSync(grown.path, 'x');
    assert.match(grown.source.changed() ?? '', /^size changed from \d+ to \d+ bytes/);
    const cut = opened();
    truncateSync(cut.path, 10);
    assert.match(cut.source.changed() ?? '', /^size changed/);
    const touched = opened();
    utimesSync(touched.path, 1, 1);
    assert.match(touched.source.changed() ?? '', /written to/);
    const same = opened();
    assert.equal(same.source.changed(), undefined);
    for (const { source } of [grown, cut, touched, same]) source.close();
  });

  it('inspects what it has of a file that is cut to nothing meanwhile', () => {
    const path = scratchFile(
      Buffer.concat([dynamicElf({ needed: ['libc.so.6'] }), Buffer.alloc(50_000)]),
    );
    const elf = openElf(path);
    truncateSync(path, 0);
    const report = inspectElf(elf);
    elf.source.close();
    assert.ok(report.diagnostics.some((one) => one.code === 'changed'));
  });

  it('goes on reading a file whose name is gone', () => {
    const { path, source } = opened();
    unlinkSync(path);
    assert.equal(source.read(0, 4).toString('latin1'), '\x7fELF');
    source.close();
    assert.equal(refusal(path).errno, 'ENOENT');
  });

  it('opens the executable of a process after it was deleted', function () {
    needsTools(this, 'gcc');
    const path = scratchFile(
      copyOf(gcc(['-O2'], 'int main(void) { return getchar(); }\nint getchar(void);\n')),
    );
    chmodSync(path, 0o755);
    const child = spawn(path, { stdio: ['pipe', 'ignore', 'ignore'] });
    try {
      unlinkSync(path);
      const elf = openElf(`/proc/${child.pid}/exe`);
      assert.equal(inspectElf(elf).kind, 'pie');
      elf.source.close();
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('bytes/reading', () => {
  it('reads what is there, at every offset and length', () => {
    const bytes = Buffer.from(Array.from({ length: 40_000 }, (_, i) => (i * 7 + (i >> 8)) & 255));
    const source = openFile(scratchFile(bytes));
    const memory = new MemorySource('x', bytes);
    const lengths = [
      0,
      1,
      16,
      4095,
      8191,
      8192,
      8193,
      30_000,
      1e9,
      Number.MAX_VALUE,
      -1,
      Number.NaN,
    ];
    const offsets = [0, 1, 4096, 8190, 8192, 16_383, 39_999, 40_000, 2 ** 60, Number.NaN, -5];
    for (const at of offsets) {
      for (const length of lengths) {
        const isNone = !(at >= 0) || !(length > 0);
        const expected = isNone ? Buffer.alloc(0) : bytes.subarray(at, at + length);
        assert.ok(source.read(at, length).equals(expected), `${length} at ${at}`);
        assert.ok(memory.read(at, length).equals(expected), `${length} at ${at} in memory`);
      }
    }
    source.close();
    source.close();
  });

  it('keeps a view until close, whatever is read after it', () => {
    const bytes = Buffer.alloc(4 * 1024 * 1024);
    for (let i = 0; i < bytes.length; i += 8192) bytes.writeUInt32LE(i, i);
    const source = openFile(scratchFile(bytes));
    const first = source.read(0, 8);
    const views = Array.from({ length: 512 }, (_, i) => source.read(i * 8192, 8));
    assert.equal(first.readUInt32LE(0), 0);
    views.forEach((view, i) => {
      assert.equal(view.readUInt32LE(0), i * 8192);
    });
    source.close();
    // Recycled pages of the file before must not show through in a shorter one.
    const short = openFile(scratchFile(Buffer.from('\x7fELF')));
    assert.equal(short.read(0, 8192).length, 4);
    short.close();
  });

  it('reads head and tail of a hole of one TiB only', () => {
    const path = join(folder(), 'sparse');
    const fd = openSync(path, 'w');
    ftruncateSync(fd, 2 ** 40);
    writeSync(fd, dynamicElf({ needed: ['libc.so.6'] }), 0, undefined, 0);
    closeSync(fd);
    const source = openFile(path);
    assert.equal(otelFileId(source).length, 32);
    assert.ok(source.bytesRead <= 64 * 1024, `${source.bytesRead} bytes`);
    source.close();
  });

  it('opens files by the bytes of their names', () => {
    const base = folder();
    for (const bytes of [
      Buffer.from('a\nb'),
      Buffer.from('\x1b[31mred'),
      Buffer.from([0x6e, 0xff, 0xfe]),
    ]) {
      const path = decodeBytes(Buffer.concat([Buffer.from(`${base}/`), bytes]));
      writeFileSync(encodePath(path), dynamicElf());
      const elf = openElf(path);
      assert.equal(JSON.parse(JSON.stringify(elf.source.path)), path);
      elf.source.close();
    }
    mkdirSync(join(base, 'sub'));
  });
});
