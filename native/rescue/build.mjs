#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Builds otel-inject-rescue. usage: node build.mjs [--zig PATH] [--out DIR]
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const fileName = 'otel-inject-rescue';
const targets = { 'linux-x64': 'x86_64-linux-none', 'linux-arm64': 'aarch64-linux-none' };

/** --zig, $OTELKIT_ZIG, the checkout's own toolchain, then PATH. */
export function findZig(given) {
  const local = resolve(here, '../../.toolchain/zig/ziglang/zig');
  return given ?? process.env.OTELKIT_ZIG ?? (existsSync(local) ? local : 'zig');
}

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
      const run = spawnSync(findZig(zig), args, { cwd: work, encoding: 'utf8' });
      if (run.error) {
        const why = `${run.error.message}; install with: pip install ziglang==0.17.0`;
        throw new Error(`cannot run ${findZig(zig)}: ${why}`);
      }
      if (run.status !== 0) throw new Error(run.stderr);
      mkdirSync(join(out, folder), { recursive: true });
      const path = join(out, folder, fileName);
      copyIntoPlace(join(work, folder), path);
      return path;
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

// A rename, since the old program may be running; by way of a copy, since the folders may lie on
// different file systems.
function copyIntoPlace(from, to) {
  const temporary = `${to}.${process.pid}`;
  writeFileSync(temporary, readFileSync(from), { mode: 0o755 });
  renameSync(temporary, to);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const options = {};
  for (let i = 2; i < process.argv.length; i += 2) {
    const name = process.argv[i].replace(/^--/, '');
    if (!['zig', 'out'].includes(name) || process.argv[i + 1] === undefined) {
      console.error('usage: node build.mjs [--zig PATH] [--out DIR]');
      process.exit(2);
    }
    options[name] = name === 'out' ? resolve(process.argv[i + 1]) : process.argv[i + 1];
  }
  try {
    for (const path of buildRescue(options)) console.log(path);
  } catch (error) {
    console.error(`build.mjs: ${error.message}`);
    process.exitCode = 1;
  }
}
