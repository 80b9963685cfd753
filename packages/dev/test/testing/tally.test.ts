// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shownLine } from '../../src/bootstrap/turbo.mjs';
import { readNativeOutput } from '../../src/testing/nativeSuites.mjs';
import { addPackageResults } from '../../src/testing/packageResults.mjs';
import { Tally } from '../../src/testing/tally.mjs';

describe('test driver', () => {
  it('ends with one line of counts, after the reasons and the failures', () => {
    const tally = new Tally();
    tally.check('build');
    tally.check('types', 'a.ts:1: wrong');
    tally.skips.push({ title: 'x', reason: 'no gdb' }, { title: 'y', reason: 'no gdb' });
    const lines = tally.report().split('\n');
    assert.equal(lines.at(-1), '1 passed, 1 failed, 2 skipped');
    assert.deepEqual(lines.slice(1, 5), ['Skipped:', '  no gdb', '    - x', '    - y']);
    assert.ok(lines.includes('      a.ts:1: wrong'));
    assert.equal(tally.succeeded, false);
  });

  it('does not succeed when nothing ran', () => {
    assert.equal(new Tally().succeeded, false);
  });

  it('takes missing and unfinished results for failures', () => {
    const root = mkdtempSync(join(tmpdir(), 'otelkit-results-'));
    try {
      const folder = join('packages', 'a');
      mkdirSync(join(root, folder, 'test-results'), { recursive: true });
      const results = { finished: false, passed: 3, failed: [], skipped: [] };
      writeFileSync(join(root, folder, 'test-results', 'node20.json'), JSON.stringify(results));
      const tally = new Tally();
      addPackageResults(tally, root, { name: 'a', folder }, ['node20', 'node24']);
      assert.equal(tally.passed, 3);
      assert.match(tally.failures[0]?.detail ?? '', /before its last test/);
      assert.match(tally.failures[1]?.detail ?? '', /no results/);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  it("reads a native suite's counts, reasons and failures", () => {
    const output =
      'skip musl: no musl-gcc\nFAIL relro: no PT_GNU_RELRO\n\n5 passed, 1 failed, 2 skipped\n';
    assert.deepEqual(readNativeOutput(output, 1), {
      passed: 5,
      failed: [{ title: 'relro', detail: 'no PT_GNU_RELRO' }],
      skipped: [
        { title: 'musl', reason: 'no musl-gcc' },
        { title: 'skip 2', reason: 'no reason was printed' },
      ],
    });
  });

  it('takes a native suite without counts, or one that fails after them, for a failure', () => {
    assert.equal(readNativeOutput('Segmentation fault', 139).failed.length, 1);
    assert.equal(readNativeOutput('5 passed, 0 failed, 0 skipped', 1).failed.length, 1);
  });

  it('shows what suites print and leaves out the words of turbo and pnpm', () => {
    const shown = [
      '• turbo 2.11.11',
      '@otelkit/core:test: cache miss, executing 0123',
      '@otelkit/core:test: > node ../dev/bin/mochaLegs.mjs',
      '@otelkit/core:test: @otelkit/core node20  ✔ elf: 3 passed (0.1 s)',
      '@otelkit/cli-kit:test: cache hit, suppressing logs 0123',
      'otel-elf:build: cache hit, suppressing logs 0123',
    ].map(shownLine);
    assert.deepEqual(
      shown.filter((line) => line !== undefined),
      [
        '@otelkit/core node20  ✔ elf: 3 passed (0.1 s)',
        '@otelkit/cli-kit  ✔ unchanged, results of the last run',
      ],
    );
  });
});
