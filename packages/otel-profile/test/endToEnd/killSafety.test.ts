// SPDX-License-Identifier: Apache-2.0
// SIGKILL of the agent or its helper at any moment: no BPF program, map or file of it stays.
import assert from 'node:assert/strict';
import { type ChildProcess, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAgent } from './agents.ts';
import { helpersOf, isAlive, prepareChain, until, waitForExit } from './profiling.ts';

/** Prints those of its arguments, `prog:ID` and `map:ID`, that the kernel still has. */
const ALIVE_C = `
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    int is_prog = strncmp(argv[i], "prog:", 5) == 0;
    attr.prog_id = atoi(strchr(argv[i], ':') + 1);
    int command = is_prog ? BPF_PROG_GET_FD_BY_ID : BPF_MAP_GET_FD_BY_ID;
    if (syscall(SYS_bpf, command, &attr, sizeof attr) >= 0) printf("%s ", argv[i]);
  }
  return 0;
}
`;
const ROUNDS = 4;
const LONGEST_MS = 1_200;

describe('endToEnd/killSafety', function () {
  this.timeout(120_000);
  let folder: string;
  let alive: string;
  const children: ChildProcess[] = [];

  before(function () {
    ({ folder } = prepareChain(this, 'kill'));
    alive = join(folder, 'alive');
    const source = join(folder, 'alive.c');
    writeFileSync(source, ALIVE_C);
    const cc = spawnSync('cc', ['-o', alive, source], { encoding: 'utf8' });
    assert.equal(cc.status, 0, cc.stderr);
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  /** Programs and maps that a process holds. */
  function heldBy(pid: number): string[] {
    const held = new Set<string>();
    try {
      for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
        const text = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1');
        for (const [, kind, id] of text.matchAll(/^(prog|map)_id:\s*(\d+)$/gm))
          held.add(`${kind}:${id}`);
      }
    } catch {
      // It closes them, or has ended.
    }
    return [...held];
  }

  const stillThere = (ids: readonly string[]): string =>
    ids.length === 0 ? '' : spawnSync(alive, ids, { encoding: 'utf8' }).stdout.trim();

  it('leaves nothing behind, whoever is killed and when', async () => {
    let most = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const spool = join(folder, `spool${round}`);
      const flags = ['--protocol', 'http/protobuf', '--spill-folder', spool, '--symbolize', 'off'];
      const { child, talk } = startAgent([...flags, '--collection-agent=127.0.0.1:9', '-v']);
      children.push(child);
      const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
      await until(() => helpersOf(child.pid!).length === 1 || isOver());
      assert.ok(!isOver(), talk());
      const [helper] = helpersOf(child.pid!);
      // The last round is killed when everything is attached.
      const waitMs = round === ROUNDS - 1 ? 0 : Math.random() * LONGEST_MS;
      if (waitMs === 0) await until(() => talk().includes('sampling at') || isOver());
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      const ids = heldBy(helper!);
      most = Math.max(most, ids.length);
      process.kill(round % 2 === 0 ? helper! : child.pid!, 'SIGKILL');
      await waitForExit(child);
      await until(() => !isAlive(helper!));
      const what = `killed after ${Math.round(waitMs)} ms`;
      let left = stillThere(ids);
      // The kernel frees them when no CPU uses them any more.
      for (let i = 0; i < 500 && left !== ''; i++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        left = stillThere(ids);
      }
      assert.equal(left, '', what);
      const half = readdirSync(spool).filter((name) => name.endsWith('.tmp'));
      assert.deepEqual(half, [], what);
    }
    assert.ok(most > 5, `${most} programs and maps were seen`);
  });
});
