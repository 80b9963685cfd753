// SPDX-License-Identifier: Apache-2.0
// One process as it is now. Everything is read in one go between two readings of its start time:
// a number that was given to another process meanwhile is seen.
import { type Stats, statSync } from 'node:fs';
import { LIMITS } from '../limits.ts';
import {
  type CgroupMembership,
  type ContainerIdentity,
  containerOf,
  parseCgroups,
  systemdUnitOf,
} from './container.ts';
import { describeLink, type ProcessLink } from './links.ts';
import { livingThread } from './listProcesses.ts';
import type { MappingTable } from './mappingTable.ts';
import { parseMaps } from './parseMaps.ts';
import { attempt, ProcError, type ProcFs, toProcError, type Unavailable } from './procFs.ts';
import { type ProcessIdentity, type ProcessStat, parseStat } from './stat.ts';
import { type ProcessStatus, parseStatus } from './status.ts';

/** What may be read beside `stat`. */
export type ProcessPart = 'status' | 'exe' | 'cgroup' | 'maps' | 'root';

export interface ProcessSnapshot {
  readonly stat: ProcessStat;
  /**
   * The thread whose `/proc/ID/exe`, `maps` and `root` show the program: the main one, or another
   * where that has ended. Undefined for kernel threads and for processes that have ended.
   */
  readonly imageThreadId?: number;
  readonly status?: ProcessStatus;
  readonly executable?: ProcessExecutable;
  readonly cgroups?: readonly CgroupMembership[];
  readonly container?: ContainerIdentity;
  readonly systemdUnit?: string;
  readonly maps?: MappingTable;
  /** Root directory as the reader sees it; `/` for a process without chroot or container. */
  readonly root?: string;
  /** Parts asked for that could not be read, with the reason. */
  readonly missing: Readonly<Partial<Record<ProcessPart, Unavailable>>>;
}

export interface ProcessExecutable extends ProcessLink {
  /** What identifies the file for a cache. */
  readonly device: number;
  readonly inode: number;
  readonly modifiedMs: number;
  readonly sizeBytes: number;
  readonly mode: number;
  readonly ownerUid: number;
  readonly ownerGid: number;
}

/**
 * Reads one process. `maps` is not read from a process in state D (it waits in the kernel, and
 * reading could wait with it); it is then missing as `busy`.
 * @param isRechecked false when the caller reads more and compares the start time itself
 * @throws ProcError `gone` when there is no such process, or it ended or was replaced meanwhile
 */
export function readProcess(
  fs: ProcFs,
  pid: number,
  parts: ReadonlySet<ProcessPart>,
  isRechecked = true,
): ProcessSnapshot {
  const stat = readStat(fs, pid);
  const missing: Partial<Record<ProcessPart, Unavailable>> = {};
  const read = <T>(part: ProcessPart, from: () => T): T | undefined =>
    parts.has(part) ? attempt(missing, part, from) : undefined;

  const status = read('status', () => readStatus(fs, pid));
  const imageThreadId = imageThread(fs, stat);
  const ofImage = <T>(part: ProcessPart, from: (threadId: number) => T): T | undefined =>
    imageThreadId === undefined ? undefined : read(part, () => from(imageThreadId));
  const executable = ofImage('exe', (id) => readExecutable(fs, id));
  const cgroups = read('cgroup', () => parseCgroups(fs.read(pid, 'cgroup').bytes));
  const root = ofImage('root', (id) => fs.link(id, 'root'));
  const maps = ofImage('maps', (id) => readMaps(fs, id, stat.state));
  if (isRechecked && !isSame(stat, readStat(fs, pid))) throw gone(fs, pid);

  const container = cgroups === undefined ? undefined : containerOf(cgroups);
  const systemdUnit = cgroups === undefined ? undefined : systemdUnitOf(cgroups);
  return {
    stat,
    missing,
    ...(imageThreadId !== undefined && { imageThreadId }),
    ...(status !== undefined && { status }),
    ...(executable !== undefined && { executable }),
    ...(cgroups !== undefined && { cgroups }),
    ...(container !== undefined && { container }),
    ...(systemdUnit !== undefined && { systemdUnit }),
    ...(root !== undefined && { root }),
    ...(maps !== undefined && { maps }),
  };
}

/** True when both are the same process. */
export function isSame(left: ProcessIdentity, right: ProcessIdentity): boolean {
  return left.pid === right.pid && left.startTimeTicks === right.startTimeTicks;
}

/** True while the process with this identity still exists. */
export function isAlive(fs: ProcFs, identity: ProcessIdentity): boolean {
  try {
    const now = readStat(fs, identity.pid);
    return isSame(now, identity) && now.state !== 'Z' && now.state !== 'X';
  } catch (error) {
    if (error instanceof ProcError) return false;
    throw error;
  }
}

/** `/proc/PID/stat`. @throws ProcError */
export function readStat(fs: ProcFs, pid: number): ProcessStat {
  const stat = parseStat(fs.read(pid, 'stat').bytes);
  if (stat === undefined) {
    throw new ProcError('error', fs.path(pid, 'stat'), 'is not as the kernel writes it');
  }
  return stat;
}

/** `/proc/PID/status`. @throws ProcError */
export function readStatus(fs: ProcFs, pid: number): ProcessStatus {
  const status = parseStatus(fs.read(pid, 'status').bytes);
  if (status === undefined) {
    throw new ProcError('error', fs.path(pid, 'status'), 'is not as the kernel writes it');
  }
  return status;
}

/** `/proc/PID/exe`. @throws ProcError `gone` also for a process without an image */
export function readExecutable(fs: ProcFs, pid: number): ProcessExecutable {
  const target = fs.link(pid, 'exe');
  const stats = executableStats(fs.path(pid, 'exe'));
  return {
    ...describeLink(target, stats.nlink),
    device: stats.dev,
    inode: stats.ino,
    modifiedMs: stats.mtimeMs,
    sizeBytes: stats.size,
    mode: stats.mode,
    ownerUid: stats.uid,
    ownerGid: stats.gid,
  };
}

/** Metadata of the file behind `/proc/PID/exe`. @throws ProcError */
export function executableStats(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw toProcError(error, path);
  }
}

function imageThread(fs: ProcFs, stat: ProcessStat): number | undefined {
  if (stat.isKernelThread) return undefined;
  const hasEnded = stat.state === 'Z' || stat.state === 'X';
  return hasEnded ? livingThread(fs, stat.pid) : stat.pid;
}

function readMaps(fs: ProcFs, threadId: number, state: string): MappingTable {
  const path = fs.path(threadId, 'maps');
  if (state === 'D') {
    throw new ProcError('busy', path, 'the process waits in the kernel; reading could wait too');
  }
  const { bytes, isTruncated } = fs.readPath(path, LIMITS.mapsBytes);
  return parseMaps(bytes, isTruncated);
}

function gone(fs: ProcFs, pid: number): ProcError {
  return new ProcError('gone', `${fs.root}/${pid}`, 'the process is gone');
}
