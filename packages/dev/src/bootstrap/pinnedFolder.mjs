// SPDX-License-Identifier: Apache-2.0
// A fetched tool is a folder below .toolchain with a `.pin` file that says what it is. It is filled
// under a temporary name and renamed when complete: an interrupted fetch leaves nothing behind that
// looks finished.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { TOOLCHAIN } from './paths.mjs';

const TEMPORARY_PREFIX = '.fetching-';

/**
 * @typedef {object} PinnedFolder
 * @property {string} name folder below .toolchain
 * @property {string} pin what must be in it, in full: name, version, checksum
 * @property {string} entry a file that proves it complete, relative to the folder
 */

/**
 * @param {PinnedFolder} folder
 * @param {string} [toolchain]
 */
export function isInPlace(folder, toolchain = TOOLCHAIN) {
  const path = join(toolchain, folder.name);
  if (!existsSync(join(path, folder.entry))) return false;
  return readText(join(path, '.pin')) === folder.pin;
}

/**
 * Fills the folder anew, whatever was there before.
 * @param {PinnedFolder} folder
 * @param {(temporary: string) => Promise<void>} fill
 * @param {string} [toolchain]
 */
export async function fillFolder(folder, fill, toolchain = TOOLCHAIN) {
  mkdirSync(toolchain, { recursive: true });
  const temporary = mkdtempSync(
    join(toolchain, `${TEMPORARY_PREFIX}${folder.name}-${process.pid}-`),
  );
  // mkdtemp makes it private; a tool may be run by other users of the host, as its file mode says.
  chmodSync(temporary, 0o755);
  try {
    await fill(temporary);
    if (!existsSync(join(temporary, folder.entry))) {
      throw new Error(`${folder.pin}: fetched, but ${folder.entry} is not in it`);
    }
    writeFileSync(join(temporary, '.pin'), folder.pin);
    replaceFolder(join(toolchain, folder.name), temporary);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * What interrupted fetches left; call it while holding the lock.
 * @param {string} [toolchain]
 */
export function removeLeftovers(toolchain = TOOLCHAIN) {
  if (!existsSync(toolchain)) return;
  for (const name of readdirSync(toolchain)) {
    if (!name.startsWith(TEMPORARY_PREFIX) || isBeingFilled(name)) continue;
    rmSync(join(toolchain, name), { recursive: true, force: true });
  }
}

/**
 * The Collector is built beside everything else, and not under the lock.
 * @param {string} name of a temporary folder
 */
function isBeingFilled(name) {
  const owner = /-(\d+)-[^-]+$/.exec(name)?.[1];
  if (owner === undefined) return false;
  try {
    process.kill(Number(owner), 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * A folder cannot be renamed over one that is not empty: the old one goes aside first.
 * @param {string} path
 * @param {string} replacement
 */
function replaceFolder(path, replacement) {
  const aside = `${replacement}-old`;
  if (existsSync(path)) renameSync(path, aside);
  renameSync(replacement, path);
  rmSync(aside, { recursive: true, force: true });
}

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
