// SPDX-License-Identifier: Apache-2.0
// Kills the tool at each system call that changes something, one after the other. Whatever is left
// must work as it is, and the next run must lead to the old or the new state exactly.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  copyOf,
  execute,
  isThere,
  LIBRARY,
  MAIN,
  makeRoot,
  manifest,
  OWN_ENTRY,
  otelInject,
  PRELOAD,
  put,
  read,
  removeFolders,
} from './roots.ts';

const CALLS =
  'rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,' +
  'chmod,fchmod,fchmodat,chown,fchown,fchownat,utimensat,fsync,fdatasync,ftruncate,pwrite64';
const FOREIGN = '# kept\n/opt/a.so /opt/b.so';
/** More than any of these runs makes; a loop that never ends is a failure too. */
const MAX_CALLS = 400;

function runKilledAt(call: number, args: readonly string[]): boolean {
  const inject = `inject=${CALLS}:signal=KILL:when=${call}`;
  const strace = ['-qq', '-o', '/dev/null', '-e', `trace=${CALLS}`, '-e', inject];
  const { status, signal } = execute('strace', [...strace, process.execPath, MAIN, ...args]);
  assert.ok(status === 0 || signal === 'SIGKILL' || status === 137, `status ${status} ${signal}`);
  return status !== 0;
}

/** What a process that starts now meets. */
function checkInvariant(root: string, states: readonly string[], call: number): void {
  const preload = isThere(root, PRELOAD) ? read(root, PRELOAD) : '';
  assert.ok(states.includes(preload), `call ${call}: a mixture: ${JSON.stringify(preload)}`);
  if (!OWN_ENTRY.test(preload)) return;
  for (const name of [
    LIBRARY,
    '/usr/lib/opentelemetry/injector/lib/x86_64-linux-gnu/libotelinject.so',
  ]) {
    if (name !== LIBRARY && !preload.includes('$LIB')) continue;
    const bytes = readFileSync(join(root, name));
    assert.equal(
      bytes.toString('latin1', 0, 4),
      '\x7fELF',
      `call ${call}: a preload of no library`,
    );
  }
}

function succeed(...args: readonly string[]): void {
  const { status, stderr } = otelInject(...args);
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
}

const normal = (root: string): string[] =>
  manifest(root, { withoutTimes: true, leaveOut: /receipt\.json$/ });

describe('a crash at any system call', function () {
  this.timeout(900_000);
  before(function () {
    const probe = execute('strace', ['-qq', '-e', 'inject=getpid:signal=KILL', 'true']);
    if (probe.status === 0) return;
    console.log(
      `skip: strace cannot inject signals (${probe.stderr.trim()}), install with: apt install strace`,
    );
    this.skip();
  });
  afterEach(removeFolders);

  function everyCall(
    start: string,
    args: readonly string[],
    states: readonly string[],
    original: string,
  ): void {
    const wanted = manifest(original);
    const installed = copyOf(original);
    succeed('install', '--root', installed, '--no-probe');
    const wantedInstalled = normal(installed);
    for (let call = 1; call <= MAX_CALLS; call++) {
      const root = copyOf(start);
      const isKilled = runKilledAt(call, [...args, '--root', root]);
      checkInvariant(root, states, call);
      const again = copyOf(root);
      succeed('uninstall', '--root', root);
      assert.deepEqual(manifest(root), wanted, `call ${call}: uninstall after it`);
      succeed('install', '--root', again, '--no-probe');
      assert.deepEqual(normal(again), wantedInstalled, `call ${call}: install after it`);
      succeed('uninstall', '--root', again);
      assert.deepEqual(manifest(again), wanted, `call ${call}: install and uninstall after it`);
      for (const folder of [root, again]) rmSync(dirname(folder), { recursive: true });
      if (isKilled) continue;
      assert.ok(call > 20, 'the run was never killed: nothing was tested');
      return;
    }
    assert.fail('no end');
  }

  it('leaves the old or the new state of an install', () => {
    const original = makeRoot({ [PRELOAD]: FOREIGN });
    chmodSync(join(original, PRELOAD), 0o640);
    const done = copyOf(original);
    succeed('install', '--root', done, '--no-probe');
    everyCall(original, ['install', '--no-probe'], [FOREIGN, read(done, PRELOAD)], original);
  });

  it('leaves the old or the new state of an uninstall', () => {
    const original = makeRoot({ [PRELOAD]: FOREIGN });
    const start = copyOf(original);
    succeed('install', '--root', start, '--no-probe');
    everyCall(start, ['uninstall'], [FOREIGN, read(start, PRELOAD)], original);
  });

  it('leaves the old or the new library of an upgrade', () => {
    const original = makeRoot({ [PRELOAD]: FOREIGN });
    const start = copyOf(original);
    succeed('install', '--root', start, '--no-probe');
    const newer = read(start, LIBRARY);
    put(start, LIBRARY, `${newer}older`);
    const preload = read(start, PRELOAD);
    const wanted = manifest(original);
    for (let call = 1; call <= MAX_CALLS; call++) {
      const root = copyOf(start);
      const isKilled = runKilledAt(call, ['install', '--no-probe', '--root', root]);
      checkInvariant(root, [preload], call);
      assert.ok([newer, `${newer}older`].includes(read(root, LIBRARY)), `call ${call}`);
      succeed('uninstall', '--root', root);
      assert.deepEqual(manifest(root), wanted, `call ${call}: uninstall after it`);
      rmSync(dirname(root), { recursive: true });
      if (!isKilled) return assert.ok(call > 5, 'the run was never killed: nothing was tested');
    }
    assert.fail('no end');
  });
});
