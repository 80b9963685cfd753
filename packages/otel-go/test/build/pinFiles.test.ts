// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyPin, applyRemoval, moduleRoot, plannedPin } from '../../src/build/pin/pinFiles.ts';

const RUNTIME = fileURLToPath(new URL('../../../../native/go-runtime', import.meta.url));
const MODULE = 'module example.com/shop\n\ngo 1.22\n';

describe('pin', () => {
  let folder = '';

  beforeEach(function () {
    if (spawnSync('go', ['version']).status !== 0) {
      console.log('skip: no Go, install with: apt-get install golang-go');
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'otel-go-pin-'));
    writeFileSync(join(folder, 'go.mod'), MODULE);
  });

  afterEach(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
    folder = '';
  });

  it('finds the module from a folder inside it, and says where there is none', () => {
    mkdirSync(join(folder, 'cmd'));
    assert.equal(moduleRoot(join(folder, 'cmd')), folder);
    rmSync(join(folder, 'go.mod'));
    assert.throws(() => moduleRoot(folder), /there is no go.mod/);
  });

  it('writes what go itself resolves without a network, and takes all of it out again', () => {
    assert.equal(plannedPin(folder).length, 3);
    applyPin(folder, RUNTIME);
    const env = { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=mod', GOWORK: 'off' };
    const run = spawnSync('go', ['list', '-m', 'all'], { cwd: folder, env, encoding: 'utf8' });
    assert.match(run.stdout, /^otelkit\.dev\/go v0\.1\.0 => \.\/\.otelkit\/go$/m, run.stderr);
    assert.ok(existsSync(join(folder, '.otelkit/go/boot/boot.go')));
    assert.ok(!existsSync(join(folder, '.otelkit/go/trace/span_test.go')));
    applyRemoval(folder);
    assert.equal(readFileSync(join(folder, 'go.mod'), 'utf8'), MODULE);
    assert.ok(!existsSync(join(folder, 'otel.tool.go')));
    assert.ok(!existsSync(join(folder, '.otelkit/go')));
  });

  it('leaves an otel.tool.go of the user alone, and a second pin changes nothing', () => {
    const own = '//go:build tools\n\npackage tools\n';
    writeFileSync(join(folder, 'otel.tool.go'), own);
    applyPin(folder, RUNTIME);
    const first = readFileSync(join(folder, 'go.mod'), 'utf8');
    applyPin(folder, RUNTIME);
    assert.equal(readFileSync(join(folder, 'go.mod'), 'utf8'), first);
    assert.deepEqual(applyRemoval(folder).at(-1), { action: 'keep', path: 'otel.tool.go' });
    assert.equal(readFileSync(join(folder, 'otel.tool.go'), 'utf8'), own);
  });
});
