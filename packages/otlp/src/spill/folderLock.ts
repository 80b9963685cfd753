// SPDX-License-Identifier: Apache-2.0
// Two agents in one folder would send each other's requests twice. Node has no flock(2), so the lock
// names its owner by PID, start time, PID namespace and boot; a lock whose owner is gone is taken over.
// The owner in another container cannot be looked up: as long as it lives it touches the lock.
import {
  constants,
  readFileSync,
  readlinkSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from '../limits.ts';

const NAME = 'lock';
/** PID and start time; PID namespace and boot are missing in locks of older versions. */
const CONTENT = /^(\d+) (\d+)(?: (pid:\[\d+\]|-) ([0-9a-f-]+))?$/;
/** Fields of /proc/PID/stat behind the command, which ends with the last `)`: start time is 22. */
const START_TIME_AFTER_COMMAND = 19;

/**
 * Takes the lock of a folder.
 * @returns what gives it back.
 * @throws Error when a living process holds it.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, NAME);
  const own = `${process.pid} ${startTimeOf(process.pid)} ${namespace()} ${bootId()}\n`;
  if (!tryCreate(path, own)) {
    const owner = ownerOf(path);
    if (owner !== undefined) throw new Error(`${folder}: in use by ${owner}`);
    removeQuietly(path);
    if (!tryCreate(path, own)) throw new Error(`${folder}: another process took it just now`);
  }
  const timer = setInterval(() => touch(path), LIMITS.lockTouchMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    removeQuietly(path);
  };
}

function tryCreate(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The living process that the lock names. An unreadable lock was left by a crash. */
function ownerOf(path: string): string | undefined {
  try {
    const flag = constants.O_RDONLY | constants.O_NOFOLLOW;
    const text = readFileSync(path, { encoding: 'latin1', flag: flag as never });
    const [, pid, startTime, itsNamespace = namespace(), itsBoot = bootId()] =
      CONTENT.exec(text.trim()) ?? [];
    if (pid === undefined || itsBoot !== bootId()) return undefined;
    if (itsNamespace === namespace()) {
      return startTimeOf(Number(pid)) === startTime ? `process ${Number(pid)}` : undefined;
    }
    const silentMs = Date.now() - statSync(path).mtimeMs;
    return silentMs < LIMITS.lockSilentMs ? 'a process of another PID namespace' : undefined;
  } catch {
    return undefined;
  }
}

function namespace(): string {
  return readOrDash(() => readlinkSync('/proc/self/ns/pid'));
}

function bootId(): string {
  return readOrDash(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
}

function readOrDash(read: () => string): string {
  try {
    return read();
  } catch {
    return '-';
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // The folder went away: the next write tells.
  }
}

/** Ticks after boot, as text; undefined where there is no such process. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_AFTER_COMMAND];
  } catch {
    return undefined;
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {}
}
