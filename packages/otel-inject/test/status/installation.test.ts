// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { otelInject } from '../config/tool.ts';
import { whyNoLibrary } from '../explain/standIns.ts';

const LIBRARY = '/usr/lib/opentelemetry/injector/libotelinject.so';

describe('what is installed below a root', function () {
  this.timeout(120_000);
  let root: string;
  before(function () {
    const why = whyNoLibrary();
    if (why !== undefined) {
      console.log(`skip: ${why}`);
      this.skip();
    }
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'otel-inject-installed-'));
    chmodSync(root, 0o755);
    for (const folder of ['etc', 'usr/lib', 'var/lib']) {
      mkdirSync(join(root, folder), { recursive: true });
    }
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function status(): { readonly host: Record<string, unknown>; readonly exitCode: number | null } {
    const { stdout, exitCode } = otelInject(['status', '--json', '--root', root]);
    return { host: JSON.parse(stdout).installations[0], exitCode };
  }

  it('is nothing at first, and an entry of others when there is one', () => {
    assert.equal(status().host['state'], 'absent');
    assert.equal(status().exitCode, 1);
    writeFileSync(join(root, 'etc/ld.so.preload'), `# other\n${LIBRARY}\n`);
    assert.equal(status().host['state'], 'entry-only');
    assert.equal(status().host['preloadEntry'], LIBRARY);
  });

  it('is compared file by file with what was installed', function () {
    if (process.getuid?.() !== 0) {
      console.log('skip: installing below a root needs root, run with: sudo');
      this.skip();
    }
    const installed = otelInject(['install', '--root', root, '--no-probe']);
    assert.equal(installed.exitCode, 0, installed.stderr + installed.stdout);
    const { host, exitCode } = status();
    assert.equal(exitCode, 0);
    assert.equal(host['state'], 'installed');
    assert.deepEqual(host['modes'], ['ld-preload']);
    assert.ok(
      (host['files'] as { state: string }[]).every((file) => file.state === 'as-installed'),
    );
    appendFileSync(join(root, LIBRARY), 'x');
    writeFileSync(join(root, 'etc/ld.so.preload'), '');
    const later = status();
    assert.equal(later.exitCode, 1);
    assert.equal(later.host['isInPreloadFile'], false);
    const changed = (later.host['files'] as { path: string; state: string }[])
      .filter((file) => file.state !== 'as-installed')
      .map((file) => [file.path, file.state]);
    assert.deepEqual(changed.sort(), [
      ['/etc/ld.so.preload', 'line-missing'],
      [LIBRARY, 'changed'],
    ]);
    const doctor = otelInject(['doctor', '--root', root]);
    assert.equal(doctor.exitCode, 1);
    assert.match(doctor.stdout, /Installed files +bad/);
  });
});
