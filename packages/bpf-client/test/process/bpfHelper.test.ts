// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BpfHelper } from '../../src/process/bpfHelper.ts';
import { findHelper } from '../../src/process/findHelper.ts';
import { HelperError } from '../../src/process/helperError.ts';

const HERE = fileURLToPath(import.meta.url);

describe('helper', () => {
  let folder: string;
  const running: BpfHelper[] = [];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'bpf-client-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => {
    for (const helper of running.splice(0)) helper.kill();
  });

  /** A program that behaves as no helper should. */
  function misbehaving(name: string, script: string): string {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  function start(path: string, events: ConstructorParameters<typeof BpfHelper>[0]['events'] = {}) {
    const helper = new BpfHelper({ path, events });
    running.push(helper);
    return helper;
  }

  it('says in its last words why it died, to requests and to events', async () => {
    const path = misbehaving('dies', 'echo first >&2; echo "no BPF here" >&2; exit 3');
    let told: HelperError | undefined;
    const died = new Promise<void>((resolve) => {
      const helper = start(path, {
        died: (error) => {
          told = error;
          resolve();
        },
      });
      helper.hello().catch(() => {});
    });
    await died;
    assert.match(told!.message, /ended with code 3: first; no BPF here/);
    assert.equal(told!.code, 'HELPER_DIED');
  });

  it('prefers the first line of a panic', async () => {
    const path = misbehaving(
      'panics',
      'printf "panic: oh no\\n\\ngoroutine 1 [running]:\\nmain.main()\\n" >&2; exit 2',
    );
    await assert.rejects(start(path).hello(), /panic: oh no$/);
  });

  it('fails what waits when it is killed', async () => {
    const helper = start(misbehaving('waits', 'exec sleep 60'));
    const waiting = helper.hello();
    helper.kill();
    await assert.rejects(waiting, /was killed by SIGKILL/);
    await assert.rejects(helper.request('stats'), HelperError);
  });

  it('ends one that sends what is no frame', async () => {
    const helper = start(misbehaving('babbles', 'echo "Hello, this is text"; exec sleep 60'));
    await assert.rejects(helper.hello(), /no frame/);
    await helper.close();
  });

  it('fails a request that gets no answer', async () => {
    const helper = start(misbehaving('mute', 'exec sleep 60'));
    await assert.rejects(helper.request('stats', {}, 50), /no answer to stats after 0.05 s/);
  });

  it('says that a program is not there', async () => {
    await assert.rejects(start(join(folder, 'none')).hello(), /cannot be started: ENOENT/);
    assert.throws(() => findHelper({ given: join(folder, 'none'), from: HERE }), HelperError);
    assert.throws(() => findHelper({ from: join(folder, 'x'), arch: 'no' }), /for linux-no/);
  });

  it('speaks with the real one, which ends with its stdin', async function () {
    let path: string;
    try {
      ({ path } = findHelper({ from: HERE }));
    } catch {
      console.log('skip: no otel-bpf-helper, build it with: npm run build:native');
      return this.skip();
    }
    const helper = start(path);
    const hello = await helper.hello();
    assert.equal(hello.version, 1);
    assert.equal(hello.pid, helper.pid);
    await assert.rejects(helper.request('no such thing'), (error: HelperError) => {
      return error instanceof HelperError && error.code !== 'HELPER_DIED';
    });
    await helper.close();
    await assert.rejects(helper.hello(), HelperError);
  });
});
