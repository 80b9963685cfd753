// SPDX-License-Identifier: Apache-2.0
// What stands at a path, in the terms that plans, journals and receipts compare by.
import { createHash } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { ToolError } from '@otelkit/cli-kit';
import { PLAN_LIMITS } from './limits.ts';

export interface Ownership {
  /** Permission bits, 0o7777 at most. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface RegularFileState extends Ownership {
  readonly kind: 'file';
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Nanoseconds since 1970, decimal: no JSON number holds them. */
  readonly mtimeNs?: string;
}

export type FileState =
  | { readonly kind: 'absent' }
  | RegularFileState
  | { readonly kind: 'symlink'; readonly target: string }
  | ({ readonly kind: 'directory' } & Ownership)
  | { readonly kind: 'other' };

export const ABSENT: FileState = { kind: 'absent' };

/** A file's state and, for a regular file, its bytes. */
export interface FileContents {
  readonly state: FileState;
  readonly bytes: Buffer | undefined;
}

/**
 * Reads what stands at a path; a link is not followed.
 * @param limitBytes a larger file is refused
 * @throws ToolError `FILE_TOO_LARGE` (exit 3); system errors but for a missing file
 */
export function readContents(
  path: string,
  limitBytes: number = PLAN_LIMITS.ownFileBytes,
): FileContents {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return { state: ABSENT, bytes: undefined };
  if (stats.isSymbolicLink()) {
    return { state: { kind: 'symlink', target: readlinkSync(path) }, bytes: undefined };
  }
  if (stats.isDirectory()) {
    return { state: { kind: 'directory', ...ownershipOf(stats) }, bytes: undefined };
  }
  if (!stats.isFile()) return { state: { kind: 'other' }, bytes: undefined };
  // O_NONBLOCK: it may have become a FIFO since.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const fd = openSync(path, flags);
  try {
    const bytes = readAll(fd, path, limitBytes);
    return { state: stateOf(fstatSync(fd, { bigint: true }), bytes), bytes };
  } finally {
    closeSync(fd);
  }
}

/** {@link readContents} without the bytes. */
export function readState(path: string): FileState {
  return readContents(path).state;
}

/** True when nothing that a plan relies on differs. The time of change does not count. */
export function isSameState(left: FileState, right: FileState): boolean {
  return identityOf(left) === identityOf(right);
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function identityOf(state: FileState): string {
  switch (state.kind) {
    case 'file':
      return `file ${state.sha256} ${ownershipText(state)}`;
    case 'symlink':
      return `symlink ${state.target}`;
    case 'directory':
      return `directory ${ownershipText(state)}`;
    default:
      return state.kind;
  }
}

function ownershipText({ mode, uid, gid }: Ownership): string {
  return `${mode.toString(8)} ${uid}:${gid}`;
}

function stateOf(stats: BigIntStats, bytes: Buffer): FileState {
  return {
    kind: 'file',
    sha256: sha256Of(bytes),
    sizeBytes: bytes.length,
    ...ownershipOf(stats),
    mtimeNs: String(stats.mtimeNs),
  };
}

function ownershipOf(stats: BigIntStats): Ownership {
  return { mode: Number(stats.mode & 0o7777n), uid: Number(stats.uid), gid: Number(stats.gid) };
}

function readAll(fd: number, path: string, limitBytes: number): Buffer {
  const { size } = fstatSync(fd);
  if (size > limitBytes) throw tooLarge(path, size, limitBytes);
  const buffer = Buffer.alloc(size + 1);
  let filled = 0;
  for (;;) {
    const n = readSync(fd, buffer, filled, buffer.length - filled, filled);
    if (n === 0) return buffer.subarray(0, filled);
    filled += n;
    if (filled === buffer.length) throw tooLarge(path, filled, limitBytes);
  }
}

function tooLarge(path: string, size: number, limitBytes: number): ToolError {
  return new ToolError('the file is too large, or grows while it is read', {
    code: 'FILE_TOO_LARGE',
    exitCode: 3,
    path,
    expected: `at most ${limitBytes} bytes`,
    found: `${size} bytes`,
  });
}
