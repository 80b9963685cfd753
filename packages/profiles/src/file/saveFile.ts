// SPDX-License-Identifier: Apache-2.0
// Writes a file as a whole or not at all: beside its final name first, then renamed over it. A
// profile tells what runs on a host, so nobody but its owner may read it.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

const MODE = 0o600;
const STICKY = 0o1000;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

export interface SaveOptions {
  /**
   * Who is to own the file when root writes it: the user behind sudo. Only in a folder of that user
   * or one like /tmp, so that nobody gets a file of their own in the system's folders.
   */
  readonly owner?: FileOwner;
}

/**
 * Writes pieces to `path`. What is no regular file (`/dev/stdout`, a FIFO) is written as it is.
 * @throws the file system's errors; nothing is left behind then.
 */
export function saveFile(
  path: string,
  pieces: Iterable<string | Uint8Array>,
  options: SaveOptions = {},
): void {
  if (isStream(path)) {
    writeAndClose(openSync(path, constants.O_WRONLY), pieces);
    return;
  }
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const fd = openSync(temporary, CREATE, MODE);
  try {
    writeAndClose(fd, pieces, () => {
      if (mayGive(options.owner, statSync(dirname(path)))) {
        fchownSync(fd, options.owner!.uid, options.owner!.gid);
      }
      fsyncSync(fd);
    });
    renameSync(temporary, path);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}

/**
 * A FIFO or a character device, named itself: a link that another user left in /tmp must not lead
 * to one. `/dev/stdout` and the like are links, too, but root's.
 */
function isStream(path: string): boolean {
  const isSystem = /^\/(dev|proc)\//.test(path);
  const stats = (isSystem ? statSync : lstatSync)(path, { throwIfNoEntry: false });
  return stats !== undefined && (stats.isFIFO() || stats.isCharacterDevice());
}

function writeAndClose(
  fd: number,
  pieces: Iterable<string | Uint8Array>,
  finish: () => void = () => {},
): void {
  try {
    for (const piece of pieces) writeWhole(fd, piece);
    finish();
  } finally {
    closeSync(fd);
  }
}

function writeWhole(fd: number, piece: string | Uint8Array): void {
  const bytes = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece;
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

function mayGive(owner: FileOwner | undefined, folder: Stats): boolean {
  if (owner === undefined || process.geteuid?.() !== 0) return false;
  return folder.uid === owner.uid || (folder.mode & STICKY) !== 0;
}

/** The user behind sudo, from its variables; undefined without, and for root. */
export function sudoOwner(
  environment: Readonly<Record<string, string | undefined>>,
): FileOwner | undefined {
  const uid = idOf(environment['SUDO_UID']);
  const gid = idOf(environment['SUDO_GID']);
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid };
}

function idOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  return id < 0xffffffff ? id : undefined;
}
