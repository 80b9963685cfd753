// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fc from 'fast-check';
import { ProcFs } from '../../src/proc/procFs.ts';
import { readStat, readStatus } from '../../src/proc/readProcess.ts';
import { parseStat } from '../../src/proc/stat.ts';
import { parseStatus } from '../../src/proc/status.ts';

const REST =
  ' S 1 2 3 0 -1 4194560 1 2 3 4 500 600 7 8 20 0 9 0 12345 1000 200 18446744073709551615 1 1 0\n';

describe('proc/stat', () => {
  it('takes the name up to the last parenthesis, whatever it holds', () => {
    for (const comm of ['a', '', 'a b', ') R 1 1', '((', 'x\ny', '\x1b[31m', '1) S 2 (3']) {
      const stat = parseStat(Buffer.from(`42 (${comm})${REST}`));
      assert.equal(stat?.comm, comm);
      assert.equal(stat?.pid, 42);
      assert.equal(stat?.state, 'S');
      assert.equal(stat?.parentPid, 1);
      assert.equal(stat?.userTicks, 500);
      assert.equal(stat?.systemTicks, 600);
      assert.equal(stat?.threadCount, 9);
      assert.equal(stat?.startTimeTicks, 12345);
      assert.equal(stat?.isKernelThread, false);
    }
  });

  it('answers nothing for a file cut before the start time', () => {
    const whole = `42 (name)${REST}`;
    const upToStart = whole.indexOf('12345');
    for (let length = 0; length <= upToStart; length++) {
      assert.equal(parseStat(Buffer.from(whole.slice(0, length))), undefined);
    }
  });

  it('never throws, and any name survives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        parseStat(bytes);
        parseStatus(Buffer.from(bytes));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (comm) => {
        assert.equal(parseStat(Buffer.from(`7 (${comm})${REST}`))?.pid, 7);
      }),
    );
  });

  it('agrees with ps on a live process', () => {
    const child = spawn('sleep', ['60']);
    try {
      const fs = new ProcFs();
      const pid = child.pid!;
      const stat = readStat(fs, pid);
      const status = readStatus(fs, pid);
      const fields = ps(pid, 'ppid=,euid=,ruid=,nlwp=').split(/\s+/).map(Number);
      assert.deepEqual(
        [stat.parentPid, status.uids.effective, status.uids.real, stat.threadCount],
        fields,
      );
      assert.equal(status.threadGroupId, pid);
      assert.equal(status.namespacePids.at(0), pid);
      assert.equal(stat.comm, ps(pid, 'comm='));
    } finally {
      child.kill();
    }
  });

  it('knows kernel threads', function () {
    let stat: ReturnType<typeof readStat>;
    try {
      stat = readStat(new ProcFs(), 2);
    } catch {
      console.log('skip: PID 2 is not visible (a PID namespace), run on the host');
      return this.skip();
    }
    if (stat.comm !== 'kthreadd') return this.skip();
    assert.equal(stat.isKernelThread, true);
  });
});

function ps(pid: number, format: string): string {
  return execFileSync('ps', ['-o', format, '-p', String(pid)], { encoding: 'utf8' }).trim();
}
