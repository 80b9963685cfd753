// SPDX-License-Identifier: Apache-2.0
// One build at a time in a checkout. mkdir is atomic on every file system; the owner file inside
// tells whether the holder still lives, so that a killed run never blocks the next one.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;
/** A lock without an owner file is one being taken; after this long its taker has died. */
const OWNERLESS_GRACE_MS = 5_000;

/**
 * @template T
 * @param {string} path the lock directory
 * @param {() => Promise<T>} work
 * @param {(message: string) => void} [say]
 * @returns {Promise<T>}
 */
export async function withLock(path, work, say = (message) => console.error(message)) {
  await acquire(path, say);
  const release = () => rmSync(path, { recursive: true, force: true });
  process.on('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/**
 * @param {string} path
 * @param {(message: string) => void} say
 */
async function acquire(path, say) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!tryTake(path)) {
    const holder = liveHolder(path);
    if (holder === undefined) {
      breakStale(path);
      continue;
    }
    if (!told) say(`waiting for another run in this checkout (process ${holder}) …`);
    told = true;
    await sleep(POLL_MS);
  }
}

/**
 * @param {string} path
 * @returns {boolean}
 */
function tryTake(path) {
  try {
    mkdirSync(path);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
  const owner = { pid: process.pid, startTime: startTime(process.pid) };
  writeFileSync(join(path, 'owner.json'), JSON.stringify(owner));
  return true;
}

/**
 * @param {string} path
 * @returns {string | undefined} who holds it, undefined when nobody alive does
 */
function liveHolder(path) {
  try {
    const owner = JSON.parse(readFileSync(join(path, 'owner.json'), 'utf8'));
    return isAlive(owner.pid, owner.startTime) ? String(owner.pid) : undefined;
  } catch {
    // No owner file, or one half written.
  }
  try {
    const ageMs = Date.now() - statSync(path).mtimeMs;
    return ageMs < OWNERLESS_GRACE_MS ? 'unknown' : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Renamed before it is removed, so that of several waiters only one breaks it; and put back when,
 * between the look and the rename, somebody else had broken it and taken a new one.
 * @param {string} path
 */
function breakStale(path) {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
    if (liveHolder(aside) !== undefined) {
      renameSync(aside, path);
      return;
    }
  } catch {
    return;
  }
  rmSync(aside, { recursive: true, force: true });
}

/**
 * @param {number} pid
 * @param {string} expectedStartTime
 */
function isAlive(pid, expectedStartTime) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
  return startTime(pid) === expectedStartTime;
}

/**
 * Field 22 of /proc/PID/stat (proc_pid_stat(5)): tells a process from a later one of the same PID.
 * The name in field 2 may hold spaces and parentheses, hence the last `)`.
 * @param {number} pid
 * @returns {string} empty where there is no /proc
 */
function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
