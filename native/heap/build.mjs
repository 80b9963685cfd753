#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Builds otel-heap.node for each platform. Linked against nothing: what it needs is in any program.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findZig, putInPlace, runBuildScript, runZig } from '../zig.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const TARGETS = {
  'linux-x64': 'x86_64-linux-gnu.2.17',
  'linux-arm64': 'aarch64-linux-gnu.2.17',
};

runBuildScript(({ zig, out = join(here, 'zig-out') }) => {
  const compiler = findZig(zig);
  const folder = mkdtempSync(join(tmpdir(), 'otel-heap-'));
  try {
    return Object.entries(TARGETS).map(([platform, target]) => {
      const made = join(folder, `${platform}.so`);
      const options = ['-Os', '-shared', '-fPIC', '-nostdlib', '-fvisibility=hidden', '-s'];
      runZig(compiler, ['cc', '-target', target, ...options, '-o', made, 'heap.c'], here);
      const path = join(out, platform, 'otel-heap.node');
      putInPlace(readFileSync(made), path);
      return path;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
