// SPDX-License-Identifier: Apache-2.0
// Processes that change while they are looked at, or must not be touched.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BinaryCache } from '../../src/capability/binaryCache.ts';
import { inventory, newCounts } from '../../src/capability/inventory.ts';
import { processTarget } from '../../src/capability/target.ts';
import { ProcError, ProcFs } from '../../src/proc/procFs.ts';
import { gcc, needsTools, scratchFolder } from '../fixtures/compile.ts';
import { endAll, startReady } from '../proc/liveProcesses.ts';

const WAIT_C = `#include <stdio.h>
#include <unistd.h>
int main(void) { puts("ready"); fflush(stdout); for (;;) pause(); }
`;

describe('capability/races', () => {
  before(function () {
    needsTools(this, 'gcc');
  });
  afterEach(endAll);

  it('does not mix two programs when the process executes another one meanwhile', async () => {
    const path = join(mkdtempSync(join(scratchFolder(), 'exec-')), 'second');
    copyFileSync(gcc(['-static'], WAIT_C), path);
    const child = await startReady('sh', ['-c', `echo ready; read x; exec '${path}'`]);
    class Executing extends ProcFs {
      reads = 0;
      override readPath(...args: Parameters<ProcFs['readPath']>): ReturnType<ProcFs['readPath']> {
        if (args[0].endsWith('/maps') && this.reads++ === 0) {
          const { fd } = (child.stdin as unknown as { _handle: { fd: number } })._handle;
          writeSync(fd, 'go\n');
          while (readlinkSync(`/proc/${child.pid}/exe`) !== path);
        }
        return super.readPath(...args);
      }
    }
    const fs = new Executing();
    const target = processTarget(fs, child.pid, new BinaryCache());
    assert.equal(fs.reads, 2);
    assert.equal(target.path, path);
    assert.deepEqual(
      target.files.map((file) => file.path),
      [path],
    );
  });

  it('leaves the memory of a process alone that waits in the kernel', async () => {
    // The parent of a vfork waits in state D until the child is through with its memory.
    const source = `#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(void) {
  puts("ready"); fflush(stdout); close(1);
  if (vfork() == 0) { prctl(PR_SET_PDEATHSIG, SIGKILL); sleep(60); _exit(0); }
}
`;
    const child = await startReady(gcc(['-O1', '-w'], source), []);
    const fs = new ProcFs();
    const deadline = Date.now() + 20_000;
    let state = '';
    while (state !== 'D' && Date.now() < deadline) {
      state = processTarget(fs, child.pid, new BinaryCache()).process!.snapshot.stat.state;
    }
    assert.equal(state, 'D');
    const { process: found, runtime } = processTarget(fs, child.pid, new BinaryCache());
    assert.equal(found?.snapshot.maps, undefined);
    assert.equal(found?.missing['maps'], 'busy');
    assert.equal(runtime.id, 'c');
    const entries = [...inventory(fs, new BinaryCache(), newCounts())];
    const entry = entries.find((e) => e.entry.pid === child.pid);
    assert.equal(entry?.entry.missing['maps'], 'busy');
  });

  it('passes over processes that end while they are listed, without a word', async () => {
    const storm = spawn('sh', ['-c', 'while :; do /bin/true; done'], { stdio: 'ignore' });
    try {
      const fs = new ProcFs();
      const cache = new BinaryCache();
      for (let i = 0; i < 20; i++) {
        const counts = newCounts();
        const entries = [...inventory(fs, cache, counts)];
        assert.ok(entries.some(({ entry }) => entry.pid === process.pid));
        assert.equal(entries.length, counts.processes);
      }
    } finally {
      storm.kill('SIGKILL');
    }
  });

  it('says gone for a number that nobody has', () => {
    assert.throws(
      () => processTarget(new ProcFs(), 4_194_304, new BinaryCache()),
      (error) => error instanceof ProcError && error.reason === 'gone',
    );
  });
});
