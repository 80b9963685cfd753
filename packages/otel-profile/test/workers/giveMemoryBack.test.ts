// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { giveMemoryBack } from '../../src/workers/giveMemoryBack.ts';

const NATIVE = fileURLToPath(new URL('../../../../native', import.meta.url));

describe('the allocator', () => {
  it('is told to give memory back by the addon beside the helper', function () {
    const helper = join(NATIVE, `bpf-helper/zig-out/linux-${process.arch}/otel-bpf-helper`);
    if (!giveMemoryBack(helper)) {
      console.log('skip: native/heap is not built, run: npm run build:native');
      this.skip();
    }
    // Twice is no harm.
    assert.equal(giveMemoryBack(helper), true);
  });

  it('stays as it is where there is no addon, or one that is none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'otelkit-heap-'));
    try {
      assert.equal(giveMemoryBack(join(folder, 'otel-bpf-helper')), false);
      writeFileSync(join(folder, 'otel-heap.node'), 'no library');
      assert.equal(giveMemoryBack(join(folder, 'otel-bpf-helper')), false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
