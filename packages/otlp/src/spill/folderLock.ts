// SPDX-License-Identifier: Apache-2.0
// Two agents in one folder would send each other's requests twice. Node has no flock(2), so the lock
// names its owner by PID and start time; a lock whose owner is gone is taken over.
import { constants, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'lock';
/** Fields of /proc/PID/stat behind the command, which ends with the last `)`: start time is 22. */
const START_TIME_AFTER_COMMAND = 19;

/**
 * Takes the lock of a folder.
 * @returns what gives it back.
 * @throws Error when a living process holds it.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, NAME);
  const own = `${process.pid} ${startTimeOf(process.pid)}\n`;
  if (!tryCreate(path, own)) {
    const owner = ownerOf(path);
    if (owner !== undefined) throw new Error(`${folder}: in use by process ${owner}`);
    removeQuietly(path);
    if (!tryCreate(path, own)) throw new Error(`${folder}: another process took it just now`);
  }
  return () => removeQuietly(path);
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
function ownerOf(path: string): number | undefined {
  try {
    const flag = constants.O_RDONLY | constants.O_NOFOLLOW;
    const [pid, startTime] = readFileSync(path, { encoding: 'latin1', flag: flag as never })
      .trim()
      .split(' ');
    const isAlive = startTime !== undefined && startTimeOf(Number(pid)) === startTime;
    return isAlive ? Number(pid) : undefined;
  } catch {
    return undefined;
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
