#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Builds otel-inject-rescue. usage: node build.mjs [--zig PATH] [--out DIR]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findZig, putInPlace, runBuildScript, runZig } from '../zig.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const fileName = 'otel-inject-rescue';
const targets = { 'linux-x64': 'x86_64-linux-none', 'linux-arm64': 'aarch64-linux-none' };

/** Builds for every machine; returns the paths. */
export function buildRescue({ zig, out = join(here, 'zig-out') } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'otel-rescue-'));
  try {
    return Object.entries(targets).map(([folder, target]) => {
      const args = [
        'build-exe',
        join(here, 'src/rescue.zig'),
        '-target',
        target,
        '-O',
        'small',
        '-fstrip',
        '-fno-unwind-tables',
        '-fno-stack-check',
        '-fno-stack-protector',
        '-fsingle-threaded',
        '--name',
        fileName,
        `-femit-bin=${join(work, folder)}`,
        '--cache-dir',
        join(work, 'cache'),
      ];
      runZig(findZig(zig), args, work);
      const path = join(out, folder, fileName);
      putInPlace(readFileSync(join(work, folder)), path);
      return path;
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  runBuildScript(buildRescue);
}
