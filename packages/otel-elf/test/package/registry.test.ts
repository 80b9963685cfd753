// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generatedFiles, registryMistakes } from '@otelkit/cli-kit/generate';
import { tool } from '../../src/registry.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}/${path}`, 'utf8');

describe('the registry of otel-elf', () => {
  it('has no mistakes', () => assert.deepEqual(registryMistakes(tool), []));

  it('has the version of the package', () => {
    assert.equal(JSON.parse(read('packages/otel-elf/package.json')).version, tool.version);
  });

  it('has its man pages named in the package', () => {
    const pages = [...generatedFiles(tool).keys()].filter((path) => path.endsWith('.1'));
    const named = JSON.parse(read('packages/otel-elf/package.json')).man as string[];
    const expected = pages.map((path) => path.replace('packages/otel-elf/', './'));
    assert.deepEqual(named, expected.sort());
  });

  it('has a bundle of its own for each command but completion', () => {
    const source = read('packages/otel-elf/build.mjs');
    const listed = /commands: \[([^\]]*)\]/.exec(source)?.[1] ?? '';
    const ids = tool.commands.map(({ id }) => id).filter((id) => id !== 'completion');
    assert.deepEqual(
      [...listed.matchAll(/'([a-z]+)'/g)].map((match) => match[1]),
      ids,
    );
  });

  for (const [path, content] of generatedFiles(tool)) {
    it(`is what ${path} was generated from`, () => {
      const isSame = existsSync(`${ROOT}/${path}`) && read(path) === content;
      const how = 'node --import tsx packages/cli-kit/bin/generate.mjs otel-elf';
      assert.ok(isSame, `${path} is stale; run: ${how}`);
    });
  }
});
