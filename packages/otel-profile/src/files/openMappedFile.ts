// SPDX-License-Identifier: Apache-2.0
// The very file that a record told of. Each way may lead to another file by now (exec, replaced
// libraries), so what is found is compared with the record before anything is read.
import { closeSync, constants, fstatSync, openSync, type Stats, statfsSync } from 'node:fs';
import type { FileWitness, NewFile } from '@otelkit/bpf-client';
import {
  ElfFile,
  encodePath,
  FileSource,
  type ProcFs,
  resolveInRoot,
  toInputError,
} from '@otelkit/core';

/** A file held by name only: it can be read later, though its name and its processes are gone. */
export interface PinnedFile {
  /** An O_PATH descriptor. */
  readonly fd: number;
  readonly sizeBytes: number;
  /** Root directory in which its path is meant: debug files are looked for there. */
  readonly root: string;
}

/** A file that is being read. */
export interface OpenedFile {
  readonly elf: ElfFile;
  readonly source: FileSource;
  /** The same file once more, not read yet: a descriptor that stays when the name goes. */
  readonly kept: FileSource;
  /** Its ctime, nanoseconds, when reading began. */
  readonly changedNs: bigint;
}

/** A process that has the file mapped, and where. */
export interface MappingPlace {
  readonly pid: number;
  readonly start: number;
  readonly end: number;
}

/** open(2): a handle to the name only; not among Node's constants, the same on all Linux ports. */
const O_PATH = 0o10000000;
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
/** statfs(2). */
const OVERLAYFS_SUPER_MAGIC = 0x794c7630;
const LOW_32 = 0xffffffffn;

/**
 * Finds the file by the first way that leads to it. Reads nothing: programs that live for
 * milliseconds have to be overtaken.
 * @param places the process of the record first, then others that map the same file
 * @param announcedMs when the record came, by the clock of file times
 * @returns the reason where none does
 */
export function pinMappedFile(
  fs: ProcFs,
  file: NewFile,
  places: Iterable<MappingPlace>,
  announcedMs: number,
): PinnedFile | string {
  let reason = 'its process is gone, and no other maps it';
  for (const { pid, start, end } of places) {
    const root = fs.path(pid, 'root');
    const mapped = fs.path(pid, `map_files/${start.toString(16)}-${end.toString(16)}`);
    const byMapping = tryPin(mapped, file, root);
    if (typeof byMapping !== 'string') return byMapping;
    reason = byMapping;
    const named = resolveInRoot(root, file.path);
    if (named === undefined) continue;
    const byName = tryPin(named, file, root, announcedMs);
    if (typeof byName !== 'string') return byName;
    reason = byName;
  }
  if (file.deleted === true || !file.path.startsWith('/')) return reason;
  const own = tryPin(file.path, file, '', announcedMs);
  return typeof own === 'string' ? reason : own;
}

/** @throws InputError */
export function openPinned(pinned: PinnedFile, label: string): OpenedFile {
  const source = openAgain(pinned, label);
  try {
    const { ctimeNs } = fstatSync(source.fd, { bigint: true });
    const elf = new ElfFile(source);
    return { elf, source, kept: openAgain(pinned, label), changedNs: ctimeNs };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** By which the helper sees whether the file is still what was read. */
export function witnessOf({ source, changedNs }: OpenedFile): FileWitness {
  return { path: `/proc/${process.pid}/fd/${source.fd}`, changedNs: `${changedNs}` };
}

export function unpin({ fd }: PinnedFile): void {
  closeSync(fd);
}

function openAgain({ fd }: PinnedFile, label: string): FileSource {
  try {
    const opened = openSync(`/proc/self/fd/${fd}`, READ_FLAGS);
    return new FileSource(label, opened, fstatSync(opened));
  } catch (error) {
    throw toInputError(error, label, 'open');
  }
}

function tryPin(
  path: string,
  file: NewFile,
  root: string,
  announcedMs?: number,
): PinnedFile | string {
  let fd = -1;
  try {
    fd = openSync(encodePath(path), O_PATH);
    const stats = fstatSync(fd);
    const reason = whyNotIt(fd, stats, file.key, announcedMs);
    if (reason === undefined) return { fd, root, sizeBytes: stats.size };
    closeSync(fd);
    return reason;
  } catch (error) {
    if (fd >= 0) closeSync(fd);
    return toInputError(error, file.path, 'open').message;
  }
}

/** @param key `i:<major>:<minor>:<inode>:…` */
function whyNotIt(
  fd: number,
  stats: Stats,
  key: string,
  announcedMs: number | undefined,
): string | undefined {
  if (!stats.isFile()) return 'is not a regular file';
  const [, , , inode = ''] = key.split(':');
  if (stats.ino === Number(inode) || isItOnOverlay(fd, stats, inode, announcedMs)) return undefined;
  return 'another file has its place by now';
}

/**
 * An overlay tells the inode of the layer below in its records (Linux before 6.18), and its own in
 * stat: that is the same number, or has the layer's number in its upper half (xino), or is that of
 * the layer from which the file was copied up. In the last case it is the file of that name if it
 * stood there, unchanged, when it was mapped: renaming changes the ctime as well.
 */
function isItOnOverlay(
  fd: number,
  stats: Stats,
  inode: string,
  announcedMs: number | undefined,
): boolean {
  if (statfsSync(`/proc/self/fd/${fd}`).type !== OVERLAYFS_SUPER_MAGIC) return false;
  const { ino } = fstatSync(fd, { bigint: true });
  if ((ino & LOW_32) === (BigInt(inode) & LOW_32)) return true;
  return announcedMs !== undefined && stats.ctimeMs <= announcedMs;
}
