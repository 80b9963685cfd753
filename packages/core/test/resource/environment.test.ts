// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { ProcFs } from '../../src/proc/procFs.ts';
import { pickVariables, readVariables } from '../../src/resource/environment.ts';
import { processResource } from '../../src/resource/processResource.ts';
import { parseResourceAttributes } from '../../src/resource/resourceAttributes.ts';
import type { ResourceSubject } from '../../src/resource/types.ts';

const image = (pid: number, more: Partial<ResourceSubject> = {}): ResourceSubject => ({
  pid,
  endNs: undefined,
  path: '',
  comm: 'sleep',
  cgroup: '',
  ...more,
});

describe('resource/environment', () => {
  it('picks the variables that are asked for, and nothing else', () => {
    const bytes = Buffer.from(
      'PATH=/bin\0OTEL_SERVICE_NAME=shop\0PASSWORD=x\0OTEL_SERVICE_NAME=b\0',
    );
    const found = pickVariables(bytes, new Set(['OTEL_SERVICE_NAME', 'HOME']));
    assert.deepEqual([...found], [['OTEL_SERVICE_NAME', 'shop']]);
  });

  it('survives anything that a process may have written there', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        pickVariables(Buffer.from(bytes), new Set(['A', '']));
      }),
    );
  });

  it('gives nothing for a process that is gone', () => {
    assert.equal(readVariables(new ProcFs(), 4_194_303, new Set(['PATH'])).size, 0);
  });
});

describe('resource/resourceAttributes', () => {
  it('decodes pairs as the SDK specifies', () => {
    const parsed = parseResourceAttributes('service.name=shop%20a,deployment.environment=prod');
    assert.deepEqual(
      [...(parsed ?? [])],
      [
        ['service.name', 'shop a'],
        ['deployment.environment', 'prod'],
      ],
    );
  });

  it('gives up the whole variable for one bad pair', () => {
    assert.equal(parseResourceAttributes('a=b,c'), undefined);
    assert.equal(parseResourceAttributes('a=%zz'), undefined);
  });
});

describe('resource/processResource', () => {
  const options = { environmentVariables: ['COLOUR'], host: { 'host.name': 'h' } };

  it('tells of a living process what it is called and says of itself', async () => {
    const child = spawn('sleep', ['60'], {
      env: {
        PATH: process.env['PATH'],
        OTEL_SERVICE_NAME: 'shop',
        OTEL_RESOURCE_ATTRIBUTES: 'team=a,process.pid=1',
        COLOUR: 'blue',
        SECRET: 's',
      },
    });
    try {
      await new Promise((resolve) => child.once('spawn', resolve));
      const pid = child.pid!;
      // An exec empties it first, and fills it before the program begins.
      while (readFileSync(`/proc/${pid}/environ`).length === 0);
      const attributes = processResource(new ProcFs(), image(pid), options);
      assert.equal(attributes['service.name'], 'shop');
      assert.equal(attributes['team'], 'a');
      assert.equal(attributes['process.pid'], pid);
      assert.equal(attributes['process.environment_variable.COLOUR'], 'blue');
      assert.equal(attributes['host.name'], 'h');
      assert.match(String(attributes['process.executable.path']), /sleep|busybox|coreutils/);
      assert.ok(!JSON.stringify(attributes).includes('SECRET'));
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('makes do with the records of one that is gone', () => {
    const cgroup = `/docker/${'a'.repeat(64)}`;
    const gone = image(4_194_303, { path: '/opt/x/app', cgroup, endNs: 5 });
    const attributes = processResource(new ProcFs(), gone, options);
    assert.equal(attributes['process.executable.name'], 'app');
    assert.equal(attributes['container.id'], 'a'.repeat(64));
    assert.equal(attributes['container.runtime'], 'docker');
    assert.equal(attributes['service.name'], 'unknown_service:app');
  });

  it('names the service after its systemd unit', () => {
    const gone = image(4_194_303, { path: '/usr/sbin/nginx', cgroup: '/system.slice/web.service' });
    assert.equal(processResource(new ProcFs(), gone, options)['service.name'], 'web');
  });

  it('agrees with the kernel about this very process', () => {
    const expected = execFileSync('readlink', [`/proc/${process.pid}/exe`], { encoding: 'utf8' });
    const attributes = processResource(new ProcFs(), image(process.pid), options);
    assert.equal(attributes['process.executable.path'], expected.trim());
  });
});
