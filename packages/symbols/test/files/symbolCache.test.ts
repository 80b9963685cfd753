// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { openFile } from '@otelkit/core';
import { SymbolCache, type SymbolFile } from '../../src/index.ts';
import { Workshop } from '../fixtures/build.ts';

const fileOf = (key: string, openPath: string = process.execPath): SymbolFile => ({
  key,
  openPath,
  path: openPath,
  root: '',
});

describe('the cache of symbol tables', () => {
  it('reads a file once, and again when it had to go', () => {
    const opened: string[] = [];
    const cache = new SymbolCache({
      mostFiles: 2,
      open: (file) => {
        opened.push(file.key);
        return openFile(file.openPath);
      },
    });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) {
      assert.notEqual(cache.get(fileOf(key)).symbols, undefined);
    }
    assert.deepEqual(opened, ['a', 'b', 'c', 'b']);
    assert.equal(cache.fileCount, 2);
    cache.clear();
    assert.equal(cache.sizeBytes, 0);
  });

  it('stays within its memory, but keeps what is in use', () => {
    const one = new SymbolCache();
    one.get(fileOf('a'));
    const { sizeBytes } = one;
    one.clear();
    const cache = new SymbolCache({ mostBytes: sizeBytes * 2.5 });
    for (const key of ['a', 'b', 'c', 'd']) cache.get(fileOf(key));
    assert.equal(cache.fileCount, 2);
    assert.ok(cache.sizeBytes <= sizeBytes * 2.5);
    cache.clear();
    const small = new SymbolCache({ mostBytes: 1 });
    assert.notEqual(small.get(fileOf('a')).symbols, undefined);
    assert.equal(small.fileCount, 1);
    small.clear();
  });

  it('names nothing by a file that was written to', () => {
    const shop = new Workshop();
    const path = shop.write('library', readFileSync('/bin/true'));
    const cache = new SymbolCache();
    try {
      assert.notEqual(cache.get(fileOf('a', path)).symbols, undefined);
      appendFileSync(path, 'more');
      const { symbols, problem } = cache.get(fileOf('a', path));
      assert.equal(symbols, undefined);
      assert.match(problem ?? '', /size changed/);
      assert.equal(cache.sizeBytes, 0);
    } finally {
      cache.clear();
      shop.remove();
    }
  });

  it('remembers what could not be read', () => {
    let count = 0;
    const cache = new SymbolCache({
      open: (file) => {
        count++;
        return openFile(file.openPath);
      },
    });
    for (let i = 0; i < 3; i++) {
      assert.match(cache.get(fileOf('x', '/does/not/exist')).problem ?? '', /no such file/);
      assert.match(cache.get(fileOf('y', '/etc/passwd')).problem ?? '', /ELF/i);
    }
    assert.equal(count, 2);
    cache.clear();
  });
});
