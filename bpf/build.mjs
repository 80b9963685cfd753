#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-only
// Builds the BPF objects. usage: node build.mjs [--zig PATH] [--out DIR]
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
/** Beside the Go package that embeds them. */
const defaultOut = join(here, '../native/bpf-helper/internal/profilebpf/zig-out');

/** `loop` needs bpf_loop (5.17); `calls` runs on 5.10. Kernel structures differ by machine. */
const variants = { loop: [], calls: ['-DUNWIND_BY_CALLS'] };
const machines = { amd64: '-DTARGET_X86_64', arm64: '-DTARGET_AARCH64' };

const flags = [
  ...['-target', 'bpfel-freestanding', '-mcpu=v3', '-O2', '-nostdinc', '-std=gnu23'],
  // BTF, which describes maps and carries CO-RE relocations, comes with -g only.
  ...['-g', `-ffile-prefix-map=${here}=bpf`, '-fdebug-compilation-dir=bpf'],
  ...['-Wall', '-Wextra', '-Werror'],
];

/** --zig, $OTELKIT_ZIG, the checkout's own toolchain, then PATH. */
export function findZig(given) {
  const local = resolve(here, '../.toolchain/zig/ziglang/zig');
  return given ?? process.env.OTELKIT_ZIG ?? (existsSync(local) ? local : 'zig');
}

function compile(zig, source, defines, to) {
  const args = ['cc', ...flags, ...defines, '-c', source, '-o', to];
  const result = spawnSync(zig, args, { cwd: here, encoding: 'utf8' });
  if (result.error) {
    const why = `${result.error.message}; install with: pip install ziglang==0.17.0`;
    throw new Error(`cannot run ${zig}: ${why}`);
  }
  if (result.status !== 0) throw new Error(`${source} ${defines.join(' ')}\n${result.stderr}`);
}

/** Builds the profiler's object for each machine and variant; returns their paths. */
export function buildBpf({ zig, out = defaultOut } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'otel-bpf-'));
  mkdirSync(out, { recursive: true });
  try {
    const paths = [];
    for (const [machine, target] of Object.entries(machines)) {
      for (const [variant, defines] of Object.entries(variants)) {
        const name = `profile_${variant}_${machine}.o`;
        compile(findZig(zig), 'profile/profile.bpf.c', [target, ...defines], join(work, name));
        moveInto(join(work, name), join(out, name));
        paths.push(join(out, name));
      }
    }
    return paths;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

// By way of a copy and a rename: the folders may lie on different file systems, and a build of the
// helper that runs meanwhile must not read half an object.
function moveInto(from, to) {
  const temporary = `${to}.${process.pid}`;
  writeFileSync(temporary, readFileSync(from));
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
    for (const path of buildBpf(options)) console.log(path);
  } catch (error) {
    console.error(`build.mjs: ${error.message}`);
    process.exitCode = 1;
  }
}
