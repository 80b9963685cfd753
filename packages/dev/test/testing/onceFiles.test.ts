// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../../src/bootstrap/paths.mjs';
import { testLegs } from '../../src/testing/legs.mjs';
import { legArguments, ONCE_FILES } from '../../src/testing/onceFiles.mjs';

function foldersByName(): Map<string, string> {
  const folders = new Map<string, string>();
  for (const name of readdirSync(join(ROOT, 'packages'))) {
    const folder = join(ROOT, 'packages', name);
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) folders.set(JSON.parse(readFileSync(manifest, 'utf8')).name, folder);
  }
  return folders;
}

describe('files for one leg', () => {
  it('are there', () => {
    const folders = foldersByName();
    for (const [name, { first = [], second = [] }] of Object.entries(ONCE_FILES)) {
      for (const file of [...first, ...second]) {
        const path = join(folders.get(name) ?? '', file);
        assert.ok(existsSync(file.includes('*') ? dirname(path) : path), `${name}: ${file}`);
      }
    }
  });

  it('run on exactly one of two, and all on a single one', () => {
    const { legs } = testLegs();
    const parts = legs.length === 1 ? ['whole'] : ['first', 'second'];
    assert.deepEqual(
      legs.map(({ part }) => part),
      parts,
    );
    for (const [name, { first = [], second = [] }] of Object.entries(ONCE_FILES)) {
      const ignored = (part: 'first' | 'second' | 'whole') =>
        legArguments(name, { part }).filter((argument) => argument !== '--ignore');
      assert.deepEqual(ignored('first'), second);
      assert.deepEqual(ignored('second'), first);
      assert.deepEqual(ignored('whole'), []);
      assert.equal(new Set([...first, ...second]).size, first.length + second.length, name);
    }
    assert.deepEqual(legArguments('@otelkit/bpf-client', { part: 'first' }), []);
  });
});
