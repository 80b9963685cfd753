// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcFs } from '@otelkit/core';
import type { ProcessImage } from '../../src/processes/processTable.ts';
import { ResourceTable } from '../../src/processes/resourceTable.ts';

describe('processes/resourceTable', () => {
  let root: string;
  let table: ResourceTable;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'resource-table-'));
    table = new ResourceTable(new ProcFs(root), {
      environmentVariables: [],
      host: { 'host.name': 'here' },
    });
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const image = (facts: Partial<ProcessImage>): ProcessImage => ({
    pid: 1,
    parentPid: 0,
    startNs: 1,
    endNs: 2,
    path: '/bin/short',
    comm: 'short',
    cgroup: '/system.slice/batch.service',
    mappings: [],
    resourceId: 0,
    generatedSlot: 0,
    isMappingsShared: false,
    isContextAsked: false,
    hasOwnProgram: true,
    ...facts,
  });

  const attributesOf = (facts: Partial<ProcessImage>): object =>
    table.attributes(table.idOf(image(facts)), 0);

  it('gives programs that have ended the same but for their numbers', () => {
    const first = attributesOf({ pid: 11 });
    assert.deepEqual(first, {
      'process.pid': 11,
      'process.executable.name': 'short',
      'process.executable.path': '/bin/short',
      'service.name': 'batch',
      'host.name': 'here',
    });
    assert.deepEqual(attributesOf({ pid: 12 }), { ...first, 'process.pid': 12 });
  });

  it('tells programs that have ended apart by path and cgroup', () => {
    attributesOf({ pid: 11 });
    const other = attributesOf({ pid: 12, path: '/bin/other', cgroup: '/' });
    assert.deepEqual(other, {
      'process.pid': 12,
      'process.executable.name': 'other',
      'process.executable.path': '/bin/other',
      'service.name': 'unknown_service:other',
      'host.name': 'here',
    });
  });

  it('believes the environment of a program that runs, and of no other', () => {
    mkdirSync(join(root, '13'));
    writeFileSync(join(root, '13/environ'), 'OTEL_SERVICE_NAME=shop\0');
    const nameOf = (endNs: number | undefined): unknown =>
      (attributesOf({ pid: 13, endNs }) as Record<string, unknown>)['service.name'];
    assert.equal(nameOf(undefined), 'shop');
    assert.equal(nameOf(2), 'batch');
  });
});
