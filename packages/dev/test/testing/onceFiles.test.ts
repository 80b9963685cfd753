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
    for (const [name, files] of Object.entries(ONCE_FILES)) {
      for (const file of files) {
        const path = join(folders.get(name) ?? '', file);
        assert.ok(existsSync(file.includes('*') ? dirname(path) : path), `${name}: ${file}`);
      }
    }
  });

  it('run on exactly one, which has all other files too', () => {
    const { legs } = testLegs();
    assert.equal(legs.filter(({ runsOnce }) => runsOnce).length, 1);
    for (const leg of legs) {
      const ignored = legArguments('otel-inject', leg);
      assert.equal(ignored.includes('test/plan/crash.test.ts'), !leg.runsOnce);
      assert.deepEqual(legArguments('@otelkit/core', leg), []);
    }
  });
});
