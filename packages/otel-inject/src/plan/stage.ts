// SPDX-License-Identifier: Apache-2.0
// New contents are written beside their place and reach the disk before the name changes hands.
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  openSync,
  writeSync,
} from 'node:fs';
import { ToolError } from '@otelkit/cli-kit';
import type { RegularFileState } from './fileState.ts';
import { runHelper } from './hostProgram.ts';

const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a new file with its owner and mode, and syncs it.
 * @param attributesOf an existing file whose extended attributes (SELinux context, ACL) it gets
 */
export function stageFile(
  path: string,
  bytes: Buffer,
  after: RegularFileState,
  attributesOf?: string,
): void {
  const fd = openSync(path, FLAGS, 0o600);
  try {
    writeAll(fd, bytes);
    // Before the mode: a change of owner clears set-id bits.
    setOwner(fd, after);
    if (attributesOf !== undefined) copyAttributes(attributesOf, path);
    fchmodSync(fd, after.mode);
    setTimes(fd, path, after.mtimeNs);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes renames and new names in a directory survive a loss of power. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } catch (error) {
    // Some file systems (FUSE, some network ones) have no fsync for directories.
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(fd, bytes, written, bytes.length - written, written);
  }
}

function setOwner(fd: number, { uid, gid }: RegularFileState): void {
  const now = fstatSync(fd);
  if (now.uid !== uid || now.gid !== gid) fchownSync(fd, uid, gid);
}

// `all` keeps what the file system can hold; it brings the old times along, too. Without the
// program (an image with nothing but busybox), owner and mode are all that is kept.
function copyAttributes(from: string, to: string): void {
  const args = ['--attributes-only', '--preserve=all', '--no-dereference', '--', from, to];
  const { status, isMissing, stderr } = runHelper('cp', args);
  if (status === 0 || isMissing || /unrecognized option/.test(stderr)) return;
  throw new ToolError(`the attributes of the file cannot be kept: ${stderr.trim().slice(0, 200)}`, {
    code: 'ATTRIBUTES_LOST',
    exitCode: 4,
    path: from,
    hint: 'see `getfattr -d -m - FILE` and `ls -lZ FILE`',
  });
}

function setTimes(fd: number, path: string, mtimeNs: string | undefined): void {
  const now = new Date();
  if (mtimeNs === undefined) {
    futimesSync(fd, now, now);
    return;
  }
  const ns = BigInt(mtimeNs);
  const seconds = ns / 1_000_000_000n;
  const fraction = (ns % 1_000_000_000n).toString().padStart(9, '0');
  // Node's own call takes a double, which loses the last two or three digits.
  const touched = runHelper('touch', ['-m', '-d', `@${seconds}.${fraction}`, '--', path]);
  if (touched.status !== 0) futimesSync(fd, now, Number(ns / 1000n) / 1e6);
}
