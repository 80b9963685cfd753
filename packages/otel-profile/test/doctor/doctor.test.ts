// SPDX-License-Identifier: Apache-2.0
// What doctor says where rights are missing: what, what that costs, and what to do.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { PROGRAM, whyNot } from '../endToEnd/profiling.ts';

interface Check {
  readonly id: string;
  readonly verdict: string;
  readonly found: string;
  readonly costs?: string;
  readonly hint?: string;
}

describe('doctor', function () {
  this.timeout(120_000);

  before(function () {
    const why = process.geteuid?.() === 0 ? whyNot() : 'rights can only be taken from root';
    if (why === undefined) return;
    console.log(`skip: ${why}`);
    this.skip();
  });

  /** @param within a program that runs the rest of its arguments with less */
  function doctor(suite: Mocha.Context, within: readonly string[]): [number, Map<string, Check>] {
    const [program, ...args] = [...within, process.execPath, PROGRAM, 'doctor', '--json'];
    const run = spawnSync(program!, args, { encoding: 'utf8', timeout: 90_000 });
    if (run.error !== undefined || run.stdout === '') {
      console.log(`skip: ${program} cannot be used here: ${run.error?.message ?? run.stderr}`);
      return suite.skip();
    }
    const { checks } = JSON.parse(run.stdout) as { checks: Check[] };
    return [run.status ?? -1, new Map(checks.map((check) => [check.id, check]))];
  }

  it('names the missing capabilities, and sends nobody to another kernel', function () {
    const [status, checks] = doctor(this, [
      'setpriv',
      '--bounding-set=-bpf,-sys_admin,-perfmon',
      '--',
    ]);
    assert.equal(status, 1);
    const capabilities = checks.get('capabilities');
    assert.match(capabilities?.found ?? '', /CAP_BPF, CAP_PERFMON missing/);
    for (const id of ['programs', 'cpuClock', 'ringBuffer', 'mmapableArrays', 'taskRecords']) {
      const { verdict, found, costs, hint } = checks.get(id)!;
      assert.equal(verdict, 'bad', id);
      assert.match(hint ?? '', /run as root, or with the capabilities/, id);
      assert.ok(costs !== undefined && !/MEMLOCK|rlimit/.test(found), found);
    }
  });

  it('warns of kernel functions without names', function () {
    const [status, checks] = doctor(this, ['setpriv', '--bounding-set=-syslog,-sys_admin', '--']);
    assert.equal(status, 0);
    assert.match(checks.get('kernelNames')?.found ?? '', /CAP_SYSLOG and kernel\.kptr_restrict/);
  });

  it('says how a container has to be started', function () {
    const [status, checks] = doctor(this, ['unshare', '--pid', '--fork', '--mount-proc']);
    assert.equal(status, 1);
    assert.match(checks.get('initialPidNamespace')?.hint ?? '', /--pid=host.*hostPID: true/);
  });
});
