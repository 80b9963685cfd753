// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { sha256 } from '../../src/ids/sha256.ts';

const SOURCE = new URL('../../src/ids/sha256.ts', import.meta.url);
const BUILD = new URL('../../../../native/sha256/build.mjs', import.meta.url);
const MODULE = new URL('../../src/ids/sha256Module.ts', import.meta.url);
const expected = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Hashes each length once in a process of its own, so that the module of few hashes does them. */
function hashElsewhere(lengths: readonly number[], first = ''): string[] {
  const script = `
    import { sha256 } from ${JSON.stringify(SOURCE.href)};
    ${first}
    for (const length of ${JSON.stringify(lengths)}) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length);
      console.log(sha256(bytes));
    }`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim().split('\n');
}

function expectedOf(lengths: readonly number[]): string[] {
  return lengths.map((length) => expected(Uint8Array.from({ length }, (_, i) => i * 7 + length)));
}

describe('ids/SHA-256', () => {
  it('is that of node:crypto around every border of its blocks', () => {
    const lengths = [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 4096, 8192, 8200, 8311];
    assert.deepEqual(hashElsewhere(lengths), expectedOf(lengths));
  });

  it('goes on where a message is too long for the module, or there is no WebAssembly', () => {
    const lengths = [8311, 8312, 100_000, 5];
    assert.deepEqual(hashElsewhere(lengths), expectedOf(lengths));
    const without = hashElsewhere(lengths, 'delete globalThis.WebAssembly;');
    assert.deepEqual(without, expectedOf(lengths));
  });

  it('stays itself when many hashes make it change its way', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9_000 }), (bytes) => {
        assert.equal(sha256(bytes), expected(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('carries what its C source compiles to', function () {
    this.timeout(60_000);
    const args = [fileURLToPath(BUILD), '--print'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status === 2) {
      console.log('skip: zig is missing, install with: npm run build');
      this.skip();
    }
    assert.equal(stderr, '');
    assert.equal(stdout, readFileSync(MODULE, 'utf8'));
  });
});
