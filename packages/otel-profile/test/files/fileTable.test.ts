// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileRequest, NewFile } from '@otelkit/bpf-client';
import { type ElfFile, openElf, ProcFs } from '@otelkit/core';
import { FileTable } from '../../src/files/fileTable.ts';
import type { ProfiledFile } from '../../src/files/profiledFile.ts';
import type { TableStore } from '../../src/files/tableStore.ts';

const NODE = process.execPath;

function record(ref: number, more: Partial<NewFile> = {}, path: string = NODE): NewFile {
  const elf = openElf(path);
  const { inode } = (elf.source as unknown as { identity: { inode: number } }).identity;
  elf.source.close();
  const key = `i:0:0:${inode}:0`;
  return {
    ref,
    key,
    path,
    pid: process.pid,
    start: '0x0',
    end: '0x0',
    fileOffset: 0,
    ...more,
  };
}

/** A helper that only notes what it is asked, and tables that are made of nothing. */
function fixture(isDone: (elf: ElfFile) => Promise<void> = async () => {}) {
  const asked: string[] = [];
  let now = 0;
  const problems: string[] = [];
  const loader = {
    file: async ({ slot, kind }: FileRequest) => void asked.push(`file ${slot} ${kind}`),
    loadPath: async () => ({ rows: 0, pages: 0, sides: 0 }),
    loadBytes: async (slot: number) => {
      asked.push(`load ${slot}`);
      return { rows: 0, pages: 0, sides: 0 };
    },
    unload: async (slot: number) => void asked.push(`unload ${slot}`),
    forget: async (keys: readonly string[]) => void asked.push(`forget ${keys.length}`),
  };
  const tableOf = async (elf: ElfFile) => {
    await isDone(elf);
    return { path: undefined, bytes: new Uint8Array(64) };
  };
  const tables = { tableOf };
  const files = new FileTable({
    fs: new ProcFs(),
    loader,
    tables: tables as unknown as TableStore,
    placesOf: () => [],
    nowMs: () => now,
    onProblem: (_: ProfiledFile, reason) => problems.push(reason),
  });
  const pass = (ms: number): void => {
    now += ms;
  };
  return { files, asked, problems, pass };
}

describe('files/fileTable', () => {
  it('reads a file when it is wanted, and only once', async () => {
    const { files, asked } = fixture();
    files.add([record(1)]);
    await files.settled();
    assert.deepEqual(asked, []);
    const file = files.ofRef(1)!;
    files.want(file);
    files.want(file);
    await files.settled();
    assert.deepEqual(asked, ['file 1 native', 'load 1']);
    assert.equal(file.state, 'ready');
    assert.match(file.fileId, /^[0-9a-f]{32}$/);
    assert.equal(files.ofSlot(1), file);
    files.close();
  });

  it('refuses a file that has another inode by now, and remembers that', async () => {
    const { files, asked, problems } = fixture();
    files.add([record(1, { key: 'i:0:0:1:0' })]);
    files.want(files.ofRef(1)!);
    await files.settled();
    assert.deepEqual(asked, ['file 0 none']);
    assert.equal(problems.length, 1);
    files.add([record(1, { key: 'i:0:0:1:0' })]);
    assert.equal(files.ofRef(1)!.state, 'failed');
  });

  it('does not let a small file wait for large ones', async () => {
    const never = new Promise<void>(() => {});
    const { files } = fixture(async ({ source }) => {
      if (source.sizeBytes > 1_000_000) await never;
    });
    const { key } = record(0);
    const large = [1, 2, 3].map((ref) => record(ref, { key: key.replace(/0$/, `${ref}`) }));
    files.add([...large, record(4, {}, '/bin/true')]);
    for (const ref of [1, 2, 3, 4]) files.want(files.ofRef(ref)!);
    while (files.ofRef(4)!.state === 'pending') await new Promise(setImmediate);
    const states = [1, 2, 3, 4].map((ref) => files.ofRef(ref)!.state);
    assert.deepEqual(states, ['pending', 'pending', 'pending', 'ready']);
    files.close();
  });

  it('gives inodes of the same content one number and one table', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'otel-profile-files-'));
    try {
      const { files, asked, pass } = fixture();
      const paths = ['a', 'b', 'c'].map((name) => join(folder, name));
      for (const path of paths) copyFileSync('/bin/true', path);
      files.add(paths.map((path, i) => record(i + 1, {}, path)));
      for (const ref of [1, 2, 3]) files.want(files.ofRef(ref)!);
      await files.settled();
      assert.deepEqual(
        asked.filter((one) => one !== 'file 1 native'),
        ['load 1'],
      );
      assert.equal(asked.length, 4);
      assert.equal(files.ofRef(1), files.ofRef(2));
      assert.equal(files.ofRef(3), files.ofRef(2));
      const isUsed = (ref: number): boolean => ref === 2;
      assert.deepEqual(files.release(isUsed), []);
      pass(400_000);
      assert.deepEqual(files.release(isUsed), []);
      assert.equal(asked.at(-1), 'forget 2');
      assert.equal(files.ofRef(1), undefined);
      assert.equal(files.ofSlot(1), files.ofRef(2));
      files.release(() => false);
      pass(400_000);
      assert.deepEqual(
        files.release(() => false),
        [1],
      );
      files.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives up what nobody has mapped for some minutes', async () => {
    const { files, asked, pass } = fixture();
    files.add([record(1)]);
    files.want(files.ofRef(1)!);
    await files.settled();
    assert.deepEqual(
      files.release(() => false),
      [],
    );
    pass(200_000);
    assert.deepEqual(
      files.release(() => true),
      [],
    );
    assert.deepEqual(
      files.release(() => false),
      [],
    );
    pass(400_000);
    assert.deepEqual(
      files.release(() => false),
      [1],
    );
    assert.equal(asked.at(-1), 'unload 1');
    assert.equal(files.ofRef(1), undefined);
    files.close();
  });
});
