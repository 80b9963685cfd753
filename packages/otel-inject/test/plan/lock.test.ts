// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostLayout } from '../../src/layout/paths.ts';
import { readLockHolder, takeLock } from '../../src/plan/lock.ts';
import {
  isThere,
  MAIN,
  makeRoot,
  manifest,
  otelInject,
  PRELOAD,
  put,
  read,
  removeFolders,
} from './roots.ts';

const LOCK = '/var/lib/otelkit/inject/lock';

describe('the lock of an installation', () => {
  afterEach(removeFolders);

  it('is held by one, who is named, and leaves nothing behind', () => {
    const layout = hostLayout(makeRoot());
    const lock = takeLock(layout);
    assert.equal(readLockHolder(layout)?.pid, process.pid);
    assert.throws(() => takeLock(layout), {
      code: 'LOCKED',
      message: `process ${process.pid} is changing this installation`,
    });
    lock.release();
    assert.ok(!existsSync(join(layout.root, '/var/lib/otelkit')));
    takeLock(layout).release();
  });

  it('is not held by the dead, nor by a process that got the number of the dead', () => {
    const root = makeRoot();
    const { pid } = spawnSync('true');
    for (const holder of [
      { pid, startTimeTicks: 1 },
      { pid: process.pid, startTimeTicks: 1 },
    ]) {
      put(root, LOCK, JSON.stringify(holder));
      takeLock(hostLayout(root)).release();
    }
    put(root, LOCK, 'damaged');
    takeLock(hostLayout(root)).release();
  });

  it('lets one of many installations through at a time, and all of them end alike', async function () {
    this.timeout(120_000);
    const root = makeRoot({ [PRELOAD]: '/a.so\n' });
    const before = manifest(root);
    const args = [MAIN, 'install', '--root', root, '--no-probe'];
    const runs = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const child = spawn(process.execPath, args, {
          stdio: ['ignore', 'ignore', 'pipe'],
          timeout: 100_000,
          killSignal: 'SIGKILL',
        });
        let stderr = '';
        child.stderr.on('data', (piece) => {
          stderr += piece;
        });
        const [status] = (await once(child, 'close')) as [number];
        return { status, stderr };
      }),
    );
    assert.ok(runs.some(({ status }) => status === 0));
    for (const { status, stderr } of runs) {
      if (status !== 0) assert.match(stderr, /is changing this installation/);
    }
    assert.equal(read(root, PRELOAD).match(/libotelinject/g)?.length, 1);
    assert.equal(otelInject('uninstall', '--root', root).status, 0);
    assert.deepEqual(manifest(root), before);
  });

  it('does not follow a link that somebody put in its place', () => {
    const root = makeRoot();
    mkdirSync(join(root, '/var/lib/otelkit/inject'), { recursive: true });
    put(root, '/etc/victim', 'kept');
    spawnSync('ln', ['-s', join(root, '/etc/victim'), join(root, LOCK)]);
    assert.throws(() => takeLock(hostLayout(root)));
    assert.equal(readFileSync(join(root, '/etc/victim'), 'utf8'), 'kept');
    assert.ok(isThere(root, LOCK));
  });
});
