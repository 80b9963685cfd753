// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseAuxv } from '../../src/proc/auxv.ts';
import { readHostClock, startTimeMs } from '../../src/proc/clock.ts';
import { listProcesses, listThreads } from '../../src/proc/listProcesses.ts';
import { MAP_EXEC } from '../../src/proc/mappingTable.ts';
import { readNamespaces } from '../../src/proc/namespaces.ts';
import { openExecutable, openMapped, settleName } from '../../src/proc/openMapped.ts';
import { ProcError, ProcFs } from '../../src/proc/procFs.ts';
import type { ProcessPart, ProcessSnapshot } from '../../src/proc/readProcess.ts';
import { isAlive, isSame, readProcess, readStat } from '../../src/proc/readProcess.ts';
import { gcc, needsTools, scratchFolder } from '../fixtures/compile.ts';
import { end, endAll, startReady } from './liveProcesses.ts';

const fs = new ProcFs();
const ALL: ReadonlySet<ProcessPart> = new Set<ProcessPart>([
  'status',
  'exe',
  'cgroup',
  'maps',
  'root',
]);

const WAIT_C = `#include <stdio.h>
#include <unistd.h>
int main(void) { puts("ready"); fflush(stdout); for (;;) pause(); }
`;

function read(pid: number): ProcessSnapshot {
  return readProcess(fs, pid, ALL);
}

/** A program that only waits, in a folder of its own. */
function waiter(name = 'waiter'): string {
  const path = join(mkdtempSync(join(scratchFolder(), 'live-')), name);
  copyFileSync(gcc(['-O1'], WAIT_C), path);
  return path;
}

describe('proc on live processes', () => {
  before(function () {
    needsTools(this, 'gcc');
  });
  afterEach(endAll);

  it('lists this process, and its start time as ps gives it', () => {
    assert.ok(listProcesses(fs).includes(process.pid));
    const started = startTimeMs(readStat(fs, process.pid).startTimeTicks, readHostClock(fs))!;
    const ps = execFileSync('ps', ['-o', 'lstart=', '-p', String(process.pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    assert.ok(Math.abs(started - Date.parse(ps)) <= 2000, `${new Date(started)} against ${ps}`);
    assert.ok(listThreads(fs, process.pid).some(({ threadId }) => threadId === process.pid));
    const auxv = parseAuxv(fs.read(process.pid, 'auxv').bytes);
    assert.equal(auxv?.isSecure, false);
    assert.equal(auxv?.pageSizeBytes, Number(execFileSync('getconf', ['PAGESIZE'])));
    const vdso = read(process.pid).maps!.objects.find(({ kind }) => kind === 'vdso')!;
    const maps = read(process.pid).maps!;
    assert.equal(auxv?.vdsoBase, maps.start(maps.firstOf(vdso)));
    assert.ok((readNamespaces(fs, process.pid).mnt ?? 0) > 0);
  });

  it('reads an executable that was deleted, and one that was replaced', async () => {
    const path = waiter();
    const bytes = readFileSync(path);
    const child = await startReady(path, []);
    assert.equal(read(child.pid).executable?.isDeleted, false);
    writeFileSync(`${path}.new`, 'something else');
    renameSync(`${path}.new`, path);
    const snapshot = read(child.pid);
    assert.equal(snapshot.executable?.isDeleted, true);
    assert.equal(snapshot.executable?.path, path);
    const file = openExecutable(fs, child.pid);
    assert.deepEqual(file.read(0, file.sizeBytes), bytes);
    file.close();
    const object = snapshot.maps!.objects.find(({ name }) => name === path)!;
    assert.equal(object.isDeleted, true);
    if (process.getuid?.() !== 0) return;
    const mapped = openMapped(fs, child.pid, snapshot.maps!, object);
    assert.equal(mapped.by, 'map-files');
    assert.deepEqual(mapped.file.read(0, mapped.file.sizeBytes), bytes);
    mapped.file.close();
  });

  it('is not misled by names that look deleted, escaped or like several lines', async () => {
    for (const name of ['plain (deleted)', 'a\\012b', 'new\nline', 'esc\x1b[31m', ' blank ']) {
      const path = waiter(name);
      const child = await startReady(path, []);
      const snapshot = read(child.pid);
      assert.equal(snapshot.executable?.path, path);
      assert.equal(snapshot.executable?.isDeleted, false);
      assert.equal(snapshot.maps?.malformedLines, 0);
      const inode = BigInt(snapshot.executable!.inode);
      const object = snapshot.maps!.objects.find((o) => o.inode === inode)!;
      if (process.getuid?.() === 0) {
        const settled = settleName(fs, child.pid, snapshot.maps!, object);
        assert.deepEqual(settled, { name: path, isDeleted: false });
      }
      await end(child);
    }
  });

  it('recognises a program that runs from memory', async function () {
    needsTools(this, 'python3');
    const script = `import os, sys
fd = os.memfd_create("payload")
os.write(fd, open(sys.argv[1], "rb").read())
os.execve(fd, ["x"], os.environ)`;
    const child = await startReady('python3', ['-c', script, waiter()]);
    const { executable } = read(child.pid);
    assert.equal(executable?.isMemfd, true);
    assert.equal(executable?.path, 'payload');
    const file = openExecutable(fs, child.pid);
    assert.equal(file.read(0, 4).toString('latin1'), '\x7fELF');
    file.close();
  });

  it('keeps the identity over exec, and sees the new program', async () => {
    const path = waiter();
    const child = await startReady('sh', ['-c', `echo ready; read x; exec '${path}'`]);
    const before = read(child.pid);
    const again = new Promise((resolve) => child.stdout!.once('data', resolve));
    child.stdin!.write('go\n');
    await again;
    const after = read(child.pid);
    assert.ok(isSame(before.stat, after.stat));
    assert.notEqual(before.executable?.path, path);
    assert.equal(after.executable?.path, path);
  });

  it('says that a process is gone, and does not take another for it', async () => {
    const child = await startReady(waiter(), []);
    const { stat } = read(child.pid);
    assert.equal(isAlive(fs, stat), true);
    assert.equal(isAlive(fs, { ...stat, startTimeTicks: stat.startTimeTicks - 1 }), false);
    await end(child);
    assert.equal(isAlive(fs, stat), false);
    assert.throws(
      () => read(child.pid),
      (error) => error instanceof ProcError && error.reason === 'gone',
    );
  });

  it('refuses a number that passes to another process while it is read', () => {
    // A recorded tree whose stat changes between the first and the last reading.
    const root = mkdtempSync(join(scratchFolder(), 'root-'));
    mkdirSync(join(root, '7'));
    const stat = (start: number): string => `7 (x) S 1${' 0'.repeat(17)} ${start} 0\n`;
    writeFileSync(join(root, '7', 'stat'), stat(5));
    writeFileSync(join(root, '7', 'cgroup'), '0::/\n');
    const recorded = new ProcFs(root);
    assert.equal(readProcess(recorded, 7, new Set<ProcessPart>(['cgroup'])).stat.pid, 7);
    class Changing extends ProcFs {
      override read(...args: Parameters<ProcFs['read']>): ReturnType<ProcFs['read']> {
        if (args[1] === 'cgroup') writeFileSync(join(root, '7', 'stat'), stat(6));
        return super.read(...args);
      }
    }
    assert.throws(
      () => readProcess(new Changing(root), 7, new Set<ProcessPart>(['cgroup'])),
      (error) => error instanceof ProcError && error.reason === 'gone',
    );
  });

  it('shows the program of a process whose main thread has ended', async () => {
    const source = `#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static void *rest(void *x) { sleep(1); puts("ready"); fflush(stdout); for (;;) pause(); }
int main(void) { pthread_t t; pthread_create(&t, 0, rest, 0); pthread_exit(0); }
`;
    const path = gcc(['-O1', '-pthread'], source);
    const child = await startReady(path, []);
    const snapshot = read(child.pid);
    assert.equal(snapshot.stat.state, 'Z');
    assert.notEqual(snapshot.imageThreadId, child.pid);
    assert.equal(snapshot.executable?.path, path);
    assert.ok(snapshot.maps!.count > 5);
  });

  it('holds ten thousand mappings as the kernel lists them', async () => {
    const source = `#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
  for (int i = 0; i < 10000; i++) {
    int p = i % 2 ? PROT_READ : PROT_READ | PROT_WRITE;
    if (mmap(0, 4096, p, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) return 1;
  }
  puts("ready"); fflush(stdout); for (;;) pause();
}
`;
    const child = await startReady(gcc(['-O1'], source), []);
    const { maps } = read(child.pid);
    const lines = readFileSync(`/proc/${child.pid}/maps`, 'latin1').trimEnd().split('\n');
    assert.ok(maps!.count >= 10_000);
    assert.equal(maps!.count, lines.length);
    for (let i = 0; i < lines.length; i++) {
      const range = `${maps!.start(i).toString(16)}-${maps!.end(i).toString(16)}`;
      assert.equal(
        range,
        lines[i]!.split(' ')[0]!.replace(/^0+|-0+/g, (z) => z.replace(/0/g, '')),
      );
    }
  });

  it('reads a process with a root and mounts of its own', async function () {
    needsTools(this, 'unshare', 'chroot', 'mount');
    if (process.getuid?.() !== 0) {
      console.log('skip: unshare and chroot need root');
      return this.skip();
    }
    const root = mkdtempSync(join(scratchFolder(), 'root-'));
    mkdirSync(join(root, 'inner'));
    copyFileSync(gcc(['-O1', '-static'], WAIT_C), join(root, 'waiter'));
    const script = `mount -t tmpfs none '${root}/inner' && cp '${root}/waiter' '${root}/inner/w' &&
      exec chroot '${root}/inner' /w`;
    const child = await startReady('unshare', [
      '-m',
      '-p',
      '-f',
      '--kill-child',
      'sh',
      '-c',
      script,
    ]);
    const inner = childOf(child.pid);
    const snapshot = read(inner);
    assert.equal(snapshot.executable?.path.endsWith('/w'), true);
    assert.notEqual(snapshot.root, '/');
    assert.equal(snapshot.status?.namespacePids.length, 2);
    assert.equal(snapshot.status?.namespacePids.at(-1), 1);
    const file = openExecutable(fs, inner);
    assert.equal(file.read(0, 4).toString('latin1'), '\x7fELF');
    file.close();
    const { maps } = snapshot;
    const permissions = maps!.permissionsByObject();
    const code = maps!.objects.find(
      (o) => o.kind === 'file' && (permissions[o.index]! & MAP_EXEC) !== 0,
    )!;
    const mapped = openMapped(fs, inner, maps!, code);
    assert.equal(mapped.file.read(0, 4).toString('latin1'), '\x7fELF');
    mapped.file.close();
    assert.notEqual(readNamespaces(fs, inner).mnt, readNamespaces(fs, process.pid).mnt);
  });
});

function childOf(pid: number): number {
  const child = listProcesses(fs).find((candidate) => {
    try {
      return readStat(fs, candidate).parentPid === pid;
    } catch {
      return false;
    }
  });
  assert.ok(child !== undefined, `${pid} has no child`);
  return child;
}
