// SPDX-License-Identifier: Apache-2.0
// Whether the process's user may use a file, as native/injector/src/files.zig asks it: everybody
// by the mode, else by access(2). For another user than ours, access(2) is worked out from modes,
// also of the folders above; access lists and security modules are then not seen.
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { encodePath } from '@otelkit/core';
import { type ByteText, fromByteText } from '../../config/byteText.ts';
import type { Subject, SubjectUser } from './subject.ts';

/** Why a file cannot be used, or undefined. */
export type Unusable = string | undefined;

/** A regular file of at least that size that the process may read. */
export function whyFileUnusable(subject: Subject, path: ByteText, leastBytes: number): Unusable {
  const found = look(subject, path);
  if (typeof found === 'string') return found;
  const { stats, hostPath } = found;
  if (!stats.isFile()) return `${fromByteText(path)} is not a regular file`;
  if (stats.size < leastBytes) return `${fromByteText(path)} has only ${stats.size} bytes`;
  if ((stats.mode & 0o444) === 0o444) return undefined;
  return mayUse(subject, hostPath, stats, 4)
    ? undefined
    : `${fromByteText(path)} may not be read (mode ${modeText(stats)})`;
}

/** A directory whose files the process may reach. */
export function whyDirectoryUnusable(subject: Subject, path: ByteText): Unusable {
  const found = look(subject, path);
  if (typeof found === 'string') return found;
  const { stats, hostPath } = found;
  if (!stats.isDirectory()) return `${fromByteText(path)} is not a directory`;
  if ((stats.mode & 0o555) === 0o555) return undefined;
  return mayUse(subject, hostPath, stats, 5)
    ? undefined
    : `${fromByteText(path)} may not be searched (mode ${modeText(stats)})`;
}

function modeText({ mode }: Stats): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function look(
  { pathOf, user }: Subject,
  path: ByteText,
): { readonly stats: Stats; readonly hostPath: string } | string {
  const hostPath = pathOf(path);
  let stats: Stats;
  try {
    stats = statSync(encodePath(hostPath));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    return `${fromByteText(path)} ${isAbsent ? 'does not exist' : `cannot be looked at: ${code}`}`;
  }
  const closed = user === undefined ? undefined : closedFolder(user, hostPath);
  if (closed !== undefined)
    return `${fromByteText(path)} lies below ${closed}, which is closed to it`;
  return { stats, hostPath };
}

/** The first folder above that the user may not pass. */
function closedFolder(user: SubjectUser, hostPath: string): string | undefined {
  if (user.uid === 0) return undefined;
  for (let at = hostPath.indexOf('/', 1); at > 0; at = hostPath.indexOf('/', at + 1)) {
    const folder = hostPath.slice(0, at);
    try {
      if (!isGranted(user, statSync(encodePath(folder)), 1)) return folder;
    } catch {
      return folder;
    }
  }
  return undefined;
}

function mayUse({ user }: Subject, hostPath: string, stats: Stats, wanted: number): boolean {
  if (user !== undefined) return user.uid === 0 || isGranted(user, stats, wanted);
  const mode = (wanted & 4 ? constants.R_OK : 0) | (wanted & 1 ? constants.X_OK : 0);
  try {
    accessSync(encodePath(hostPath), mode);
    return true;
  } catch {
    return false;
  }
}

/** The one class of permission bits that counts (path_resolution(7)). */
function isGranted({ uid, gids }: SubjectUser, { mode, uid: owner, gid }: Stats, wanted: number) {
  const shift = uid === owner ? 6 : gids.includes(gid) ? 3 : 0;
  return ((mode >> shift) & wanted) === wanted;
}
