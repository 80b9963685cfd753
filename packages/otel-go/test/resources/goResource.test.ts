// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ProcessAttributes, ProcFs } from '@otelkit/core';
import type { FoundProcess } from '../../src/discover/finder.ts';
import { goResource } from '../../src/resources/goResource.ts';

const fs = new ProcFs();
const GONE = 4_194_303;

const found = (pid: number, more: Partial<FoundProcess> = {}): FoundProcess => ({
  pid,
  path: '/srv/shop',
  fileKey: '',
  cgroup: '/user.slice',
  comm: 'shop',
  isByPath: false,
  ...more,
});

const resourceOf = (
  process: FoundProcess,
  more: { serviceName?: string; fallback?: ProcessAttributes } = {},
): ProcessAttributes =>
  goResource(fs, process, undefined, {
    host: { 'host.name': 'h' },
    serviceName: more.serviceName,
    fallback: more.fallback ?? {},
  });

describe('resources/goResource', () => {
  let child: ChildProcess | undefined;
  afterEach(() => {
    child?.kill('SIGKILL');
    child = undefined;
  });

  it('calls a service by its file, its unit, or what the tracer was told', () => {
    assert.equal(resourceOf(found(GONE))['service.name'], 'shop');
    const unit = found(GONE, { cgroup: '/system.slice/store.service' });
    assert.equal(resourceOf(unit)['service.name'], 'store');
    const fallback = { 'service.name': 'told', 'deployment.environment.name': 'prod' };
    const told = resourceOf(found(GONE), { fallback });
    assert.equal(told['service.name'], 'told');
    assert.equal(told['deployment.environment.name'], 'prod');
    assert.equal(resourceOf(unit, { fallback })['service.name'], 'store');
    assert.equal(resourceOf(unit, { serviceName: 'flag' })['service.name'], 'flag');
  });

  it('lets a program say what it is called itself', async () => {
    child = spawn('sleep', ['600'], { env: { PATH: '/bin', OTEL_SERVICE_NAME: 'own' } });
    await once(child, 'spawn');
    const pid = child.pid!;
    // An exec empties it first, and fills it before the program begins.
    while (readFileSync(`/proc/${pid}/environ`).length === 0);
    const fallback = { 'service.name': 'told' };
    assert.equal(resourceOf(found(pid), { fallback })['service.name'], 'own');
    const flag = resourceOf(found(pid), { fallback, serviceName: 'flag' });
    assert.equal(flag['service.name'], 'flag');
  });

  it('is of one process for as long as that lives', () => {
    const [first, again, other] = [process.pid, process.pid, process.ppid].map(
      (pid) => resourceOf(found(pid))['service.instance.id'],
    );
    assert.match(
      String(first),
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.equal(first, again);
    assert.notEqual(first, other);
  });

  it('says what made the telemetry', () => {
    const resource = resourceOf(found(GONE));
    assert.equal(resource['telemetry.sdk.language'], 'go');
    assert.equal(resource['telemetry.distro.name'], 'otel-go');
    assert.equal(resource['process.pid'], GONE);
    assert.equal(resource['host.name'], 'h');
  });
});
