// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { difference } from '../../src/probe/compare.ts';
import { PROBE_LIMITS } from '../../src/probe/limits.ts';
import { probe } from '../../src/probe/matrix.ts';
import { findPrograms, type ProbeProgram } from '../../src/probe/programs.ts';
import { runProgram } from '../../src/probe/runProgram.ts';
import { execute, MAIN, makeRoot, removeFolders, temporaryFolder } from '../plan/roots.ts';

const ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
const shell = (script: string, timeoutMs?: number) =>
  runProgram('/bin/sh', ['-c', script], {
    env: ENV,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });

describe('a program that is tried', () => {
  it('is seen as it ends and as it speaks', async () => {
    const run = await shell('echo out; echo err >&2; exit 3');
    assert.deepEqual([run.exitCode, run.signal], [3, null]);
    assert.deepEqual([run.stdout.toString(), run.stderr.toString()], ['out\n', 'err\n']);
    assert.equal((await shell('kill -SEGV $$')).signal, 'SIGSEGV');
  });

  it('is ended with all that it started when it takes too long', async () => {
    const run = await shell('sleep 1000 & echo $!; sleep 1000', 300);
    assert.match(run.problem ?? '', /did not end within 300 ms/);
    const pid = run.stdout.toString().trim();
    assert.match(pid, /^\d+$/);
    const stat = execute('ps', ['-o', 'stat=', '-p', pid]).stdout.trim();
    assert.ok(stat === '' || stat.startsWith('Z'), `the child still runs: ${stat}`);
  });

  it('is ended when it writes without end', async () => {
    const run = await shell(
      'while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done',
    );
    assert.equal(run.problem, 'wrote too much');
    assert.ok(run.stdout.length <= PROBE_LIMITS.outputBytes);
  });

  it('is told apart by status, signal, output and errors, and by nothing else', async () => {
    const plain = await shell('echo a; exit 1');
    assert.equal(difference(plain, await shell('echo a; exit 1')), undefined);
    assert.match(
      difference(plain, await shell('echo a; exit 2')) ?? '',
      /exit status 2 instead of 1/,
    );
    assert.match(difference(plain, await shell('echo b; exit 1')) ?? '', /stdout says "b"/);
    assert.match(difference(plain, await shell('exit 1')) ?? '', /stdout/);
    assert.match(
      difference(plain, await shell('echo a; echo x >&2; exit 1')) ?? '',
      /stderr says "x"/,
    );
    assert.match(difference(plain, await shell('kill -ABRT $$')) ?? '', /SIGABRT/);
    assert.equal(difference(plain, await shell('echo a; echo x >&2; exit 1'), 'result'), undefined);
    assert.equal(
      difference(plain, await shell('echo a; echo V=1; exit 1'), 'all', /^V=/),
      undefined,
    );
  });

  it('that cannot be started is no failure of the library', async () => {
    const run = await runProgram('/nonexistent', [], { env: ENV });
    assert.match(run.problem ?? '', /ENOENT/);
    assert.equal(difference(run, run), undefined);
  });
});

describe('the programs of this host', () => {
  it('are found by what they are, and each is asked for something harmless', () => {
    const programs = findPrograms();
    const kinds = new Set(programs.map(({ kind }) => kind));
    assert.ok(kinds.has('dynamic'));
    for (const { path, kind } of programs) {
      assert.ok(existsSync(path));
      const { stdout } = execute('readelf', ['-lW', path]);
      if (kind === 'static') assert.doesNotMatch(stdout, /INTERP/, path);
      else assert.match(stdout, /INTERP/, path);
    }
  });

  it('run alike with an LD_PRELOAD that changes nothing, two at a time', async () => {
    const programs = findPrograms().filter(({ runtime }) => runtime === undefined);
    const { results } = await probe({ programs, library: '', stub32: undefined });
    assert.equal(results.length, programs.length);
    for (const { path, verdict, reason } of results)
      assert.equal(verdict, 'same', `${path} ${reason}`);
  });

  it('whose output varies by itself are compared by how they end', async () => {
    const [sh] = findPrograms().filter(({ name }) => name === 'sh');
    const program: ProbeProgram = { ...sh!, args: ['-c', 'cat /proc/sys/kernel/random/uuid'] };
    const { results } = await probe({ programs: [program], library: '', stub32: undefined });
    assert.equal(results[0]?.verdict, 'same');
    assert.match(results[0]?.reason ?? '', /varies/);
  });

  it('leave nothing behind: no file made or removed, no connection', function () {
    if (execute('strace', ['-V']).status !== 0) {
      console.log('skip: there is no strace, install with: apt install strace');
      this.skip();
    }
    const root = makeRoot();
    const logs = temporaryFolder();
    const calls =
      'openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,connect';
    // A file a process: in one for all, calls are torn where two of them run at once.
    const strace = ['-ff', '-qq', '-o', join(logs, 'log'), '-e', `trace=${calls}`];
    const { status } = execute('strace', [
      ...strace,
      process.execPath,
      MAIN,
      'install',
      '--root',
      root,
    ]);
    assert.equal(status, 0);
    const changing = /O_CREAT|O_TRUNC|creat\(|mkdir|rename|unlink|connect/;
    assert.ok(readdirSync(logs).length > 1, 'the programs were not traced');
    const left = readdirSync(logs)
      .flatMap((name) => readFileSync(join(logs, name), 'latin1').split('\n'))
      .filter((line) => changing.test(line) && !line.includes(root))
      // A failed attempt, the name service's daemon, and output that goes nowhere.
      .filter((line) => !/= -1 E|nscd|"\/dev\/(null|tty)"/.test(line));
    removeFolders();
    assert.deepEqual(left, []);
  });

  it('of 32 bits are skipped where there is no stub for them', async () => {
    const [sh] = findPrograms();
    const program: ProbeProgram = { ...sh!, elfClass: 32 };
    const { results } = await probe({ programs: [program], library: '/x.so', stub32: undefined });
    assert.equal(results[0]?.verdict, 'skipped');
  });
});
