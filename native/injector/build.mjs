#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Builds libotelinject.so. usage: node build.mjs [--zig PATH] [--out DIR] [--target x86_64|aarch64|x86|arm|all]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findZig, putInPlace, runZig } from '../zig.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const fileName = 'libotelinject.so';

/** What differs between the targets. `pageBytes`: largest page of that architecture's kernels. */
const targets = {
  x86_64: {
    folder: 'linux-x64',
    zig: 'x86_64-linux-none',
    emulation: 'elf_x86_64',
    pageBytes: 4096,
    relroAlignBytes: 4096,
    // The page after the code: no hole that the loader would have to protect.
    relroStart: 'ALIGN(4096) + 4096 - 0x400',
  },
  aarch64: {
    folder: 'linux-arm64',
    zig: 'aarch64-linux-none',
    emulation: 'aarch64linux',
    pageBytes: 65536,
    relroAlignBytes: 16384,
    // Kernels have pages of 4, 16 or 64 KiB: the largest must find the segments on different pages.
    relroStart: 'ALIGN(. + 0x400, 16384) - 0x400 + 65536',
  },
  x86: {
    folder: 'linux-ia32',
    zig: 'x86-linux-none',
    emulation: 'elf_i386',
    pageBytes: 4096,
    stub: true,
  },
  arm: {
    folder: 'linux-arm',
    zig: 'arm-linux-none',
    emulation: 'armelf_linux_eabi',
    pageBytes: 65536,
    stub: true,
  },
};

function parseArguments(argv) {
  const options = { out: join(here, 'zig-out'), target: 'all', zig: undefined };
  for (let i = 0; i < argv.length; i += 2) {
    const name = argv[i]?.replace(/^--/, '');
    if (!Object.hasOwn(options, name) || argv[i + 1] === undefined) {
      throw new Error(
        `unknown or incomplete option ${argv[i]}; usage: build.mjs [--zig PATH] [--out DIR] [--target x86_64|aarch64|x86|arm|all]`,
      );
    }
    options[name] = argv[i + 1];
  }
  if (options.target !== 'all' && !Object.hasOwn(targets, options.target)) {
    throw new Error(
      `unknown target ${options.target}: expected one of all, ${Object.keys(targets).join(', ')}`,
    );
  }
  return options;
}

/**
 * In two steps, since Zig has no option for it: code without jump tables has no indirect branch, which
 * is what the library promises by its IBT note.
 */
function compile(zig, target, work) {
  const source = join(here, 'src', target.stub ? 'stub.zig' : 'entry.zig');
  const common = ['-target', target.zig, '-fPIC', '-fno-stack-protector', '-fomit-frame-pointer'];
  runZig(
    zig,
    [
      'build-obj',
      source,
      ...common,
      '-O',
      'small',
      '-fstrip',
      '-fno-unwind-tables',
      '-fno-stack-check',
      '-fno-builtin',
      '-fsingle-threaded',
      '--name',
      'injector',
      '-fno-emit-bin',
      '-femit-llvm-bc=injector.bc',
      '--cache-dir',
      join(work, 'cache'),
    ],
    work,
  );
  runZig(
    zig,
    [
      'cc',
      ...common,
      '-c',
      '-Os',
      '-fno-sanitize=all',
      '-mllvm',
      '-min-jump-table-entries=100000',
      'injector.bc',
      '-o',
      'injector.o',
    ],
    work,
  );
}

function link(zig, target, work) {
  const common = [
    'ld.lld',
    '-m',
    target.emulation,
    '-shared',
    '-soname',
    fileName,
    '--hash-style=gnu',
    '-z',
    'now',
    '-z',
    `max-page-size=${target.pageBytes}`,
    '-z',
    'noexecstack',
    '--build-id=sha1',
    '-O2',
    '--gc-sections',
    '--strip-all',
  ];
  if (target.stub)
    return runZig(zig, [...common, '-z', 'relro', '-o', fileName, 'injector.o'], work);
  const script = readFileSync(join(here, 'layout.ld'), 'utf8').replace(
    'RELRO_START',
    target.relroStart,
  );
  writeFileSync(join(work, 'layout.ld'), script);
  return runZig(
    zig,
    [
      ...common,
      '-z',
      'relro',
      '--pack-dyn-relocs=none',
      '--script',
      'layout.ld',
      '-o',
      fileName,
      'injector.o',
    ],
    work,
  );
}

const PT_GNU_RELRO = 0x6474e552;

/**
 * lld rounds the end of PT_GNU_RELRO up to the largest page size; on aarch64 that would reach beyond
 * what is mapped where pages are smaller, and the loader would give up when it protects it.
 */
function trimRelro(bytes, relroAlignBytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = Number(view.getBigUint64(32, true));
  for (let i = 0; i < view.getUint16(56, true); i++) {
    const at = first + i * 56;
    if (view.getUint32(at, true) !== PT_GNU_RELRO) continue;
    const start = view.getBigUint64(at + 16, true);
    const fileSize = view.getBigUint64(at + 32, true);
    const align = BigInt(relroAlignBytes);
    const end = ((start + fileSize + align - 1n) / align) * align;
    view.setBigUint64(at + 40, end - start, true);
  }
}

function buildOne(zig, name, out) {
  const target = targets[name];
  const work = mkdtempSync(join(tmpdir(), 'otel-injector-'));
  try {
    compile(zig, target, work);
    link(zig, target, work);
    const bytes = readFileSync(join(work, fileName));
    if (!target.stub) trimRelro(bytes, target.relroAlignBytes);
    const path = join(out, target.folder, fileName);
    putInPlace(bytes, path);
    return { target: name, path, bytes: bytes.length };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Builds the named target or all; returns [{ target, path, bytes }]. */
export function build({ zig, out = join(here, 'zig-out'), target = 'all' } = {}) {
  const names = target === 'all' ? Object.keys(targets) : [target];
  return names.map((name) => buildOne(findZig(zig), name, resolve(out)));
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    for (const r of build(parseArguments(process.argv.slice(2))))
      console.log(`${r.path}\t${r.bytes} bytes`);
  } catch (error) {
    console.error(`build.mjs: ${error.message}`);
    process.exitCode = 1;
  }
}
