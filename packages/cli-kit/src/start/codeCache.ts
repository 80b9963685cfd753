// SPDX-License-Identifier: Apache-2.0
// Keeps what V8 compiled of the bundle, functions that ran included, for the next start. Node's own
// compile cache holds less (no functions compiled lazily) and does not exist before Node 22.

import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { isTrustedPath } from './trustedDir.ts';

/** More than any bundle of ours compiles to; anything larger is not ours. */
const CACHE_BYTES_MAX = 16 * 1024 * 1024;
/** Of one tool: its commands, in a few builds and versions of Node. */
const FILES_MAX = 32;
const MODE_OTHERS = 0o077;

export interface CacheKey {
  /** Directory of all tools' caches; its parent must exist. */
  readonly dir: string;
  readonly bin: string;
  /** Hash of the bundle: V8 itself only compares its length. */
  readonly buildId: string;
  /** V8's version, and what else changes the code. */
  readonly runtime: string;
  /** Which functions it has compiled: a command's name. */
  readonly variant: string;
}

function fileName({ bin, buildId, runtime, variant }: CacheKey): string {
  return `${bin}-${buildId}-${runtime}-${variant}.v8`;
}

/** The cached code, or undefined where there is none or it cannot be trusted. */
export function loadCode(key: CacheKey, euid: number): Buffer | undefined {
  let fd: number | undefined;
  try {
    // The file first: most often it is there, or nothing is.
    fd = openSync(`${key.dir}/${fileName(key)}`, constants.O_RDONLY | constants.O_NOFOLLOW);
    const stat = fstatSync(fd);
    const isOurs = stat.isFile() && stat.uid === euid && (stat.mode & MODE_OTHERS) === 0;
    if (!isOurs || stat.size > CACHE_BYTES_MAX || !isTrustedPath(key.dir, euid)) return undefined;
    return readFileSync(fd);
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Writes the code for the next start. Whatever goes wrong, the tool's own work is done by now. */
export function storeCode(key: CacheKey, euid: number, code: () => Uint8Array): void {
  const parent = key.dir.slice(0, key.dir.lastIndexOf('/'));
  if (!isTrustedPath(parent, euid)) return;
  const temporary = `${key.dir}/${key.bin}-${process.pid}.tmp`;
  try {
    makeDir(key.dir);
    if (!isTrustedPath(key.dir, euid)) return;
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(fd, code());
      // Before the rename: V8 trusts the body of what carries a right header.
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, `${key.dir}/${fileName(key)}`);
    removeOldest(key);
  } catch {
    remove(temporary);
  }
}

function makeDir(dir: string): void {
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

// The oldest go, not the other builds: two installed versions would else drive each other out.
function removeOldest(key: CacheKey): void {
  const { dir, bin } = key;
  const own = fileName(key);
  const names = readdirSync(dir).filter((name) => name.startsWith(`${bin}-`) && name !== own);
  if (names.length < FILES_MAX) return;
  const aged = names.map((name) => ({ name, mtimeMs: lstatSync(`${dir}/${name}`).mtimeMs }));
  aged.sort((left, right) => right.mtimeMs - left.mtimeMs);
  for (const { name } of aged.slice(FILES_MAX - 1)) remove(`${dir}/${name}`);
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else was faster, or it never was there.
  }
}
