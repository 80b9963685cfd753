// SPDX-License-Identifier: Apache-2.0
// Files made to keep a reader busy or to fill its memory. Each is inspected in a process of its
// own, so that its peak memory can be read from outside and a hang ends with the process.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HOSTILE_FILES, hostilePath } from '../fixtures/hostileFiles.ts';

const LIBRARY = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const MOST_KIB = 64 * 1024;
/** Ends a hang; a run takes less than a second. */
const HANG_MS = 60_000;

const SCRIPT = `
const { openElf, inspectElf } = await import(process.argv[1]);
let read = 0;
let diagnostics = [];
if (process.argv[2] !== undefined) {
  const elf = openElf(process.argv[2]);
  const report = inspectElf(elf);
  diagnostics = report.diagnostics;
  JSON.stringify(report);
  read = elf.source.bytesRead;
  elf.source.close();
}
console.log(JSON.stringify({ peakKib: process.resourceUsage().maxRSS, read, diagnostics }));
`;

interface Measured {
  readonly peakKib: number;
  readonly read: number;
  readonly diagnostics: readonly { readonly code: string }[];
}

function inspectedInChild(...paths: readonly string[]): Measured {
  // Without a small young generation the peak is what V8 has not collected yet, not what is held.
  const args = ['--max-semi-space-size=1', '--input-type=module'];
  args.push('-e', SCRIPT, LIBRARY, ...paths);
  const result = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: HANG_MS });
  assert.equal(result.status, 0, result.stderr || `ended by ${result.signal}`);
  return JSON.parse(result.stdout) as Measured;
}

describe('inspect/hostile tables', () => {
  let bareKib = 0;

  before(function () {
    if (!existsSync(LIBRARY)) {
      console.log('skip: the library is not built, run: npm run build');
      this.skip();
    }
    bareKib = inspectedInChild().peakKib;
  });

  for (const file of HOSTILE_FILES) {
    it(`${file.what}: bounded work and memory`, function () {
      // When V8 collects is up to V8: one run of three within the bound shows that it is kept.
      this.retries(2);
      const { peakKib, read, diagnostics } = inspectedInChild(hostilePath(file));
      assert.ok(peakKib - bareKib <= MOST_KIB, `${peakKib - bareKib} KiB above a bare node`);
      assert.ok(read <= 48 * 1024 * 1024, `${read} bytes were read`);
      assert.ok(diagnostics.length <= 64);
      if (file.says !== undefined) {
        assert.ok(
          diagnostics.some((one) => one.code === file.says),
          `no diagnostic ${file.says}: ${JSON.stringify(diagnostics)}`,
        );
      }
    });
  }
});
