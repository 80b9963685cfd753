// SPDX-License-Identifier: Apache-2.0
// Profiles out of files that somebody names.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ExitCode, ToolError } from '@otelkit/cli-kit';
import { ProfileFormatError, READ_LIMITS, type ReadFile, readProfile } from '@otelkit/profiles';

const PIECE_BYTES = 1_048_576;

/** @param path `-` for standard input. @throws ToolError, and system errors */
export function readProfileFile(path: string): ReadFile {
  const content = readContent(path);
  try {
    return readProfile(content, path);
  } catch (error) {
    if (!(error instanceof ProfileFormatError)) throw error;
    throw new ToolError(error.message, {
      code: 'MALFORMED',
      exitCode: ExitCode.malformed,
      path,
      field: error.field,
    });
  }
}

function readContent(path: string): Buffer {
  const fd = path === '-' ? 0 : openSync(path, 'r');
  try {
    // Pipes and files of /proc do not tell their size.
    const pieces: Buffer[] = [];
    for (let size = 0; ; ) {
      const known = path === '-' ? 0 : fstatSync(fd).size - size;
      const piece = Buffer.alloc(Math.max(PIECE_BYTES, Math.min(known, READ_LIMITS.inputBytes)));
      const count = readSome(fd, piece);
      if (count === 0) return Buffer.concat(pieces, size);
      size += count;
      if (size > READ_LIMITS.inputBytes) {
        throw new ToolError(`more than ${READ_LIMITS.inputBytes} bytes`, {
          code: 'LIMIT',
          exitCode: ExitCode.malformed,
          path,
        });
      }
      pieces.push(piece.subarray(0, count));
    }
  } finally {
    if (fd !== 0) closeSync(fd);
  }
}

function readSome(fd: number, into: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, into);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      // A pipe whose other end somebody set to not wait: nothing to do but to wait here.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
