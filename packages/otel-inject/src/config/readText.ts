// SPDX-License-Identifier: Apache-2.0
// Files as the library reads them (native/injector/src/files.zig): never blocking, whole or not at
// all, and nothing binary.
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { encodePath, type Resolver } from '@otelkit/core';
import { type ByteText, fromByteText } from './byteText.ts';
import { INJECT_LIMITS } from './limits.ts';

export type TextFile =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'bytes'; readonly source: ByteText };

/** Turns a path of the processes looked at into one to open: `--root`, `/proc/PID/root`. */
export type PathOf = (path: ByteText) => string;

/** Paths of this host as they are. */
export const hostPaths: PathOf = (path) => fromByteText(path);

/** Paths below a resolver's root, links followed inside it. */
export function pathsIn(resolver: Resolver): PathOf {
  if (resolver.fs.isHostRoot) return hostPaths;
  return (path) => {
    const located = resolver.fs.locate(fromByteText(path));
    return typeof located === 'string'
      ? `${resolver.fs.root}${fromByteText(path)}`
      : located.hostPath;
  };
}

const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** The whole file; `unreadable` when it is too large, binary, no file or not permitted. */
export function readText(path: string, maxBytes: number): TextFile {
  let fd: number;
  try {
    fd = openSync(encodePath(path), FLAGS);
  } catch (error) {
    return failureOf(error);
  }
  try {
    const bytes = readAll(fd, maxBytes);
    if (bytes === undefined) return { kind: 'unreadable', why: `larger than ${maxBytes} bytes` };
    if (bytes.includes(0)) return { kind: 'unreadable', why: 'it holds a zero byte' };
    return { kind: 'bytes', source: bytes.toString('latin1') };
  } catch (error) {
    return { kind: 'unreadable', why: describe((error as NodeJS.ErrnoException).code) };
  } finally {
    closeSync(fd);
  }
}

function failureOf(error: unknown): TextFile {
  const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
  if (MISSING.has(code)) return { kind: 'missing' };
  return { kind: 'unreadable', why: describe(code) };
}

function describe(code: string | undefined): string {
  const known: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a directory',
    ESPIPE: 'it is a pipe or a terminal',
    ELOOP: 'its links run in a circle',
  };
  return known[code ?? ''] ?? String(code);
}

function readAll(fd: number, maxBytes: number): Buffer | undefined {
  const first = Buffer.alloc(INJECT_LIMITS.firstReadBytes);
  const got = readSync(fd, first, 0, first.length, 0);
  if (got < first.length) return first.subarray(0, got);
  const stats = fstatSync(fd);
  if (!stats.isFile() || stats.size > maxBytes) return undefined;
  const all = Buffer.alloc(stats.size + 1);
  let filled = 0;
  while (filled < all.length) {
    const n = readSync(fd, all, filled, all.length - filled, filled);
    if (n === 0) return all.subarray(0, filled);
    filled += n;
  }
  return undefined; // it grew while it was read
}

export type DropIns =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'names'; readonly names: readonly ByteText[] };

/** Names ending in `.conf` in byte order; links count, hidden names do not. */
export function listDropIns(path: string): DropIns {
  let names: string[];
  try {
    names = readdirSync(encodePath(path), { encoding: 'latin1' });
  } catch (error) {
    const failure = failureOf(error);
    return failure.kind === 'bytes' ? { kind: 'missing' } : failure;
  }
  const wanted = names.filter((name) => !name.startsWith('.') && name.endsWith('.conf'));
  if (wanted.length > INJECT_LIMITS.dropIns) {
    return { kind: 'unreadable', why: `more than ${INJECT_LIMITS.dropIns} files` };
  }
  // By UTF-16 unit, which in Latin-1 is by byte.
  return { kind: 'names', names: wanted.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)) };
}
