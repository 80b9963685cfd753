// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ProcessEvent, ProcessEventType } from '@otelkit/bpf-client';
import fc from 'fast-check';
import { addMapping, mappingAt, type ProcessMapping } from '../../src/processes/mappings.ts';
import { ProcessTable } from '../../src/processes/processTable.ts';

function event(type: number, pid: number, timeNs: number, more: object = {}): ProcessEvent {
  const none = Buffer.alloc(0);
  return {
    type,
    pid,
    parentPid: 0,
    generation: 0,
    timeNs: BigInt(timeNs),
    comm: none,
    path: none,
    cgroup: none,
    start: 0,
    end: 0,
    fileOffset: 0,
    fileRef: 0,
    ...more,
  };
}
const { found, fork, exec, exit, mapping } = ProcessEventType;
const text = (path: string) => ({ path: Buffer.from(path) });

describe('processes/processTable', () => {
  it('gives a sample to the program that ran at its time', () => {
    const table = new ProcessTable();
    table.take(event(found, 7, 10, text('/bin/sh')));
    table.take(event(exec, 7, 20, text('/bin/app')));
    assert.equal(table.at(7, 15)?.path, '/bin/sh');
    assert.equal(table.at(7, 20)?.path, '/bin/app');
    assert.equal(table.at(7, 5)?.path, '/bin/sh');
  });

  it('keeps programs of one number apart', () => {
    const table = new ProcessTable();
    table.take(event(found, 7, 10, text('/bin/one')));
    table.take(event(exit, 7, 20));
    table.take(event(fork, 7, 30, { parentPid: 1 }));
    table.take(event(exec, 7, 31, text('/bin/two')));
    assert.equal(table.at(7, 12)?.path, '/bin/one');
    assert.equal(table.at(7, 40)?.path, '/bin/two');
    assert.notEqual(table.at(7, 12), table.at(7, 40));
  });

  it('leaves a fork with the mappings of its parent until either changes', () => {
    const table = new ProcessTable();
    table.take(event(found, 1, 10, text('/bin/p')));
    table.take(event(mapping, 1, 10, { start: 0x1000, end: 0x2000, fileRef: 3 }));
    table.take(event(fork, 2, 20, { parentPid: 1 }));
    table.take(event(mapping, 2, 30, { start: 0x5000, end: 0x6000, fileRef: 4 }));
    assert.equal(table.current(1)?.mappings.length, 1);
    assert.deepEqual(
      table.current(2)?.mappings.map(({ fileRef }) => fileRef),
      [3, 4],
    );
    assert.equal(table.current(2)?.path, '/bin/p');
  });

  it('does not let a late record of a fork undo its exec', () => {
    const table = new ProcessTable();
    table.take(event(exec, 2, 30, text('/bin/new')));
    table.take(event(fork, 2, 20, { parentPid: 1 }));
    assert.equal(table.current(2)?.path, '/bin/new');
  });

  it('forgets what ended before a time, and nothing else', () => {
    const table = new ProcessTable();
    for (const pid of [1, 2, 3]) table.take(event(found, pid, 10));
    table.take(event(exit, 1, 100));
    table.take(event(exit, 2, 200));
    assert.deepEqual(
      table.forget(150).map(({ pid }) => pid),
      [1],
    );
    assert.equal(table.current(1), undefined);
    assert.ok(table.current(2) !== undefined && table.current(3) !== undefined);
  });

  it('stays bounded when one number starts program after program', () => {
    const table = new ProcessTable();
    for (let i = 0; i < 1000; i++) table.take(event(exec, 5, i, text(`/bin/${i}`)));
    assert.equal(table.size, 1);
    assert.equal(table.at(5, 2000)?.path, '/bin/999');
    assert.ok(table.forget(Number.POSITIVE_INFINITY).length <= 1000);
  });
});

describe('processes/mappings', () => {
  it('is what mmap(2) leaves: the last one at an address counts', () => {
    const one = fc.record({
      page: fc.integer({ min: 0, max: 40 }),
      pages: fc.integer({ min: 1, max: 12 }),
      fileRef: fc.integer({ min: 1, max: 1000 }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (calls) => {
        const list: ProcessMapping[] = [];
        const model = new Map<number, string>();
        for (const { page, pages, fileRef } of calls) {
          addMapping(list, { start: page, end: page + pages, fileOffset: 100, fileRef });
          for (let i = 0; i < pages; i++) model.set(page + i, `${fileRef}:${100 + i}`);
        }
        for (let page = 0; page < 60; page++) {
          const found = mappingAt(list, page);
          const offset = found === undefined ? 0 : found.fileOffset + page - found.start;
          const text = found === undefined ? undefined : `${found.fileRef}:${offset}`;
          assert.equal(text, model.get(page));
        }
      }),
    );
  });
});
