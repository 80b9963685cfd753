// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../src/bootstrap/lock.mjs';

const LOCK_MODULE = new URL('../../src/bootstrap/lock.mjs', import.meta.url).href;

/** Appends `in` and `out` around a pause, so that an overlap shows as two `in` after each other. */
const CONTENDER = `
  const { withLock } = await import(${JSON.stringify(LOCK_MODULE)});
  const { appendFileSync } = await import('node:fs');
  const [path, log] = process.argv.slice(1);
  await withLock(path, async () => {
    appendFileSync(log, 'in\\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    appendFileSync(log, 'out\\n');
  }, () => {});
`;

describe('lock', () => {
  let folder = '';
  let lock = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'otelkit-lock-'));
    lock = join(folder, 'below', 'build.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('lets one process in at a time', async () => {
    const log = join(folder, 'log');
    const contenders = Array.from({ length: 4 }, () => {
      const args = ['--input-type=module', '--eval', CONTENDER, lock, log];
      const child = spawn(process.execPath, args, { stdio: 'inherit' });
      return new Promise((resolve) => child.on('exit', resolve));
    });
    assert.deepEqual(await Promise.all(contenders), [0, 0, 0, 0]);
    assert.equal(readFileSync(log, 'utf8'), 'in\nout\n'.repeat(4));
    assert.equal(existsSync(lock), false);
  });

  it('is not held by a process that was killed', async () => {
    const dead = spawnSync(process.execPath, ['--eval', '']).pid;
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, 'owner.json'), JSON.stringify({ pid: dead, startTime: '1' }));
    assert.equal(await withLock(lock, async () => 'ran'), 'ran');
  });

  it('is not held by a later process with the same id', async () => {
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, 'owner.json'), JSON.stringify({ pid: process.pid, startTime: '1' }));
    assert.equal(await withLock(lock, async () => 'ran'), 'ran');
  });

  it('is released when the work fails', async () => {
    const work = () => Promise.reject(new Error('no'));
    await assert.rejects(withLock(lock, work), /no/);
    assert.equal(existsSync(lock), false);
  });
});
