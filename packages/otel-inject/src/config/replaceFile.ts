// SPDX-License-Identifier: Apache-2.0
// A file's new content in one step: written beside it with the same owner and mode, then renamed.
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const NEW_FILE_MODE = 0o644;

/** Replaces the file that `path` leads to, or creates it. @throws system errors */
export function replaceFile(path: string, bytes: Buffer): void {
  const old = statOf(path);
  const target = old === undefined ? path : realpathSync(path);
  const folder = dirname(target);
  if (old === undefined) mkdirSync(folder, { recursive: true, mode: 0o755 });
  const temporary = join(folder, `.otel-inject-${process.pid}.tmp`);
  const fd = openSync(temporary, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
    closeSync(fd);
    if (old !== undefined) chownSync(temporary, old.uid, old.gid);
    chmodSync(temporary, old === undefined ? NEW_FILE_MODE : old.mode & 0o7777);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** So that the rename survives a loss of power. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
