// SPDX-License-Identifier: Apache-2.0
// One change at a time. flock(2) is what the kernel itself gives back after any death; Node has no
// call for it, but a lock belongs to the open file and not to the process that asked for it, so
// flock(1) can take it on a descriptor of ours. Without that program, a file that exists is the
// lock, and its holder is known by process ID and start time: a number that was reused is seen.
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';
import { isAlive, ProcError, ProcFs, readStat } from '@otelkit/core';
import type { Layout } from '../layout/paths.ts';
import { readContents } from './fileState.ts';
import { runHelper } from './hostProgram.ts';
import { PLAN_LIMITS } from './limits.ts';
import { ownHostPath } from './resolve.ts';

export interface LockHolder {
  readonly pid: number;
  readonly startTimeTicks: number;
}

export interface Lock {
  /** Directories above otelkit's own that had to be made, the deepest first; host paths. */
  readonly createdParents: readonly string[];
  /**
   * Gives the lock back, and removes the state directory if nothing is left in it, then what was
   * made for it and the directories given here, unless others use them.
   */
  readonly release: (alsoIfEmpty?: readonly string[]) => void;
}

/** flock(1): the lock is held by somebody else. */
const CONFLICT = 1;

/**
 * Takes the lock of an installation, making its state directory.
 * @throws ToolError `LOCKED` (exit 1) when another run holds it
 */
export function takeLock(layout: Layout): Lock {
  const path = ownHostPath(layout, layout.lock);
  const createdParents = makeDirectory(dirname(path));
  for (let round = 0; round < PLAN_LIMITS.lockRounds; round++) {
    const lock = tryFlock(path) ?? tryExclusive(`${path}.pid`);
    if (lock === 'again') {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      continue;
    }
    return {
      createdParents,
      release: (alsoIfEmpty = []) => release(lock, path, [...createdParents, ...alsoIfEmpty]),
    };
  }
  throw locked(path);
}

/** Who wrote itself down as the holder; undefined for nobody. */
export function readLockHolder(layout: Layout): LockHolder | undefined {
  return parseHolder(ownHostPath(layout, layout.lock));
}

interface Held {
  readonly fd: number;
  readonly path: string;
}

function tryFlock(path: string): Held | 'again' | undefined {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  const fd = openSync(path, flags, 0o600);
  const taken = runHelper('flock', ['-n', '-x', '3'], ['ignore', 'ignore', 'ignore', fd]);
  if (taken.status === CONFLICT) {
    closeSync(fd);
    throw locked(path);
  }
  if (taken.status !== 0) {
    closeSync(fd);
    if (taken.isMissing) return undefined;
    throw new ToolError('flock(1) cannot take the lock', {
      code: 'LOCK_FAILED',
      exitCode: 4,
      path,
      hint: 'see whether `flock -n FILE true` works on this file system',
    });
  }
  // The holder before us removes the file on its way out: then ours has no name any more.
  const named = lstatSync(path, { throwIfNoEntry: false });
  if (named === undefined || named.ino !== fstatSync(fd).ino) {
    closeSync(fd);
    return 'again';
  }
  writeHolder(fd);
  return { fd, path };
}

function tryExclusive(path: string): Held | 'again' {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  try {
    const fd = openSync(path, flags, 0o600);
    writeHolder(fd);
    return { fd, path };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = parseHolder(path);
  if (holder === undefined || isAlive(new ProcFs(), holder)) throw locked(path);
  rmSync(path, { force: true });
  return 'again';
}

function writeHolder(fd: number): void {
  const { pid } = process;
  const holder: LockHolder = { pid, startTimeTicks: startTimeOf(pid) };
  ftruncateSync(fd, 0);
  writeSync(fd, `${JSON.stringify(holder)}\n`, 0);
}

/** 0 where there is no /proc to tell. */
function startTimeOf(pid: number): number {
  try {
    return readStat(new ProcFs(), pid).startTimeTicks;
  } catch (error) {
    if (error instanceof ProcError) return 0;
    throw error;
  }
}

function parseHolder(path: string): LockHolder | undefined {
  try {
    const { bytes } = readContents(path, PLAN_LIMITS.textFileBytes);
    const value = JSON.parse(bytes?.toString() ?? 'null') as Partial<LockHolder> | null;
    if (!Number.isInteger(value?.pid) || !Number.isInteger(value?.startTimeTicks)) return undefined;
    return value as LockHolder;
  } catch {
    return undefined;
  }
}

/** Makes a directory with those above it; which of the latter were made, but for its parent. */
function makeDirectory(directory: string): string[] {
  const first = mkdirSync(directory, { recursive: true, mode: 0o755 });
  const created: string[] = [];
  if (first === undefined) return created;
  for (let at = dirname(dirname(directory)); at.length >= first.length; at = dirname(at)) {
    created.push(at);
  }
  return created;
}

function release({ fd, path }: Held, lock: string, parents: readonly string[]): void {
  const directory = dirname(lock);
  // Removed while it is held: whoever has opened it meanwhile sees that it has no name any more.
  unlinkSync(path);
  if (path !== lock) rmSync(lock, { force: true });
  closeSync(fd);
  // rmdir(2) refuses what is not empty: a receipt, or the lock of the next run.
  if (!removeIfEmpty(directory) || !removeIfEmpty(dirname(directory))) return;
  for (const parent of parents) removeIfEmpty(parent);
}

function removeIfEmpty(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch {
    // Another run has just begun, or somebody keeps files there.
    return false;
  }
}

function locked(path: string): ToolError {
  const holder = parseHolder(path);
  const who = holder === undefined ? 'another run' : `process ${holder.pid}`;
  return new ToolError(`${who} is changing this installation`, {
    code: 'LOCKED',
    path,
    hint: 'wait until it has ended, then run the command again',
  });
}
