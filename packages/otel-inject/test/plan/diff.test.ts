// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { unifiedHunks } from '../../src/plan/diff.ts';
import { execute, removeFolders, temporaryFolder } from './roots.ts';

describe('the diff of a plan', () => {
  afterEach(removeFolders);

  it('is one that patch(1) applies', function () {
    if (execute('patch', ['--version']).status !== 0) {
      console.log('skip: there is no patch(1), install with: apt install patch');
      this.skip();
    }
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c\n', '\n', 'dd\n'), { maxLength: 30 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const hunks = unifiedHunks(before, after);
        if (hunks === '') return assert.equal(before, after);
        writeFileSync(file, before);
        const input = `--- file\n+++ file\n${hunks}`;
        const { status, stdout } = execute('patch', ['-s', '-d', folder, 'file'], input);
        assert.equal(status, 0, `${stdout}\n${input}`);
        if (after !== '') assert.equal(readFileSync(file, 'utf8'), after);
      }),
      { numRuns: 100 },
    );
  });

  it('says where a newline at the end is missing', () => {
    assert.equal(
      unifiedHunks('a', 'a\nb\n'),
      '@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n',
    );
  });
});
