// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockFolder } from '../../src/spill/folderLock.ts';

const SOURCE = fileURLToPath(new URL('../../src/spill/folderLock.ts', import.meta.url));

describe('spill/folderLock', () => {
  let folder: string;
  let path: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'otelkit-otlp-lock-'));
    path = join(folder, 'lock');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is taken once, and given back', () => {
    const unlock = lockFolder(folder);
    assert.throws(() => lockFolder(folder), new RegExp(`in use by process ${process.pid}`));
    unlock();
    lockFolder(folder)();
  });

  it('is taken over from a process that is gone, from another boot, and from noise', () => {
    const own = ((unlock) => {
      const text = readFileSync(path, 'latin1');
      unlock();
      return text.trim().split(' ');
    })(lockFolder(folder));
    const [pid, start, namespace] = own;
    for (const left of [`4194303 1 ${own.slice(2).join(' ')}`, `${pid} 1`, '', 'x y z'])
      takesOver(left);
    takesOver(`${pid} ${start} ${namespace} 00000000-0000-0000-0000-000000000000`);
  });

  function takesOver(left: string): void {
    writeFileSync(path, left);
    lockFolder(folder)();
  }

  it('holds against an owner in another PID namespace, until that falls silent', async function () {
    const program = `import { lockFolder } from ${JSON.stringify(SOURCE)};
      lockFolder(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1e6);`;
    const inside = ['--pid', '--fork', '--mount-proc', '--kill-child'];
    if (spawnSync('unshare', [...inside, 'true']).status !== 0) {
      console.log('skip: no PID namespace can be made here');
      return this.skip();
    }
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', program];
    const child = spawn('unshare', [...inside, ...node], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    assert.throws(() => lockFolder(folder), /in use by a process of another PID namespace/);
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(path, longAgo, longAgo);
    lockFolder(folder)();
  });
});
