#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-only
// Builds the BPF objects. usage: node build.mjs [--zig PATH] [--out DIR]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findZig, putInPlace, runBuildScript, runZig } from '../native/zig.mjs';

const here = dirname(fileURLToPath(import.meta.url));
/** Beside the Go package that embeds them. */
const defaultOut = join(here, '../native/bpf-helper/internal/profilebpf/zig-out');
const goOut = join(here, '../native/bpf-helper/internal/gotrace/zig-out');
const propagateOut = join(here, '../native/bpf-helper/internal/gopropagate/zig-out');

/** `loop` needs bpf_loop (5.17); `calls` runs on 5.10. Kernel structures differ by machine. */
const variants = { loop: [], calls: ['-DUNWIND_BY_CALLS'] };
const machines = { amd64: '-DTARGET_X86_64', arm64: '-DTARGET_AARCH64' };

const flags = [
  ...['-target', 'bpfel-freestanding', '-mcpu=v3', '-O2', '-nostdinc', '-std=gnu23'],
  // BTF, which describes maps and carries CO-RE relocations, comes with -g only.
  ...['-g', `-ffile-prefix-map=${here}=bpf`, '-fdebug-compilation-dir=bpf'],
  ...['-Wall', '-Wextra', '-Werror'],
];

/** Builds every object for each machine; returns their paths. */
export function buildBpf({ zig, out = defaultOut, traces = goOut, propagate = propagateOut } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'otel-bpf-'));
  const build = (name, source, target, defines, folder) => {
    const args = [...flags, target, ...defines, '-c', source];
    runZig(findZig(zig), ['cc', ...args, '-o', join(work, name)], here);
    putInPlace(readFileSync(join(work, name)), join(folder, name));
    return join(folder, name);
  };
  try {
    return Object.entries(machines).flatMap(([machine, target]) => [
      ...Object.entries(variants).map(([variant, defines]) =>
        build(`profile_${variant}_${machine}.o`, 'profile/profile.bpf.c', target, defines, out),
      ),
      build(`go_${machine}.o`, 'go/go.bpf.c', target, [], traces),
      build(`propagate_${machine}.o`, 'go/propagate.bpf.c', target, [], propagate),
    ]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  runBuildScript(buildBpf);
}
