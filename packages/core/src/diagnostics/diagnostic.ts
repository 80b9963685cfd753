// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from '../limits.ts';

/** What was wrong at one place of an input. The rest of the input was read all the same. */
export interface Diagnostic {
  /** Stable, machine-readable kind, for example `out-of-range`. */
  readonly code: DiagnosticCode;
  /** The field in the terms of the specification, for example `DT_NEEDED[3]`. */
  readonly field: string;
  /** Where in the file the field stands, bytes from the start; absent where it has no place. */
  readonly fileOffset?: number;
  /** One sentence without path and offset: what was expected, what was found. */
  readonly message: string;
}

export type DiagnosticCode =
  | 'out-of-range'
  | 'truncated'
  | 'bad-value'
  | 'limit'
  | 'inconsistent'
  | 'changed'
  | 'unreadable'
  | 'unsupported';

/** Collects diagnostics of one input, bounded: what does not fit is counted. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];
  droppedCount = 0;

  /** Takes one; the same again, from another reader of the same bytes, is not told twice. */
  add(code: DiagnosticCode, field: string, message: string, fileOffset?: number): void {
    const isTold = this.list.some(
      (told) => told.message === message && told.field === field && told.fileOffset === fileOffset,
    );
    if (isTold) return;
    if (this.list.length >= LIMITS.diagnostics) {
      this.droppedCount++;
      return;
    }
    // An offset that no file has is no place to point to; the message holds the value.
    const hasPlace = fileOffset !== undefined && fileOffset <= Number.MAX_SAFE_INTEGER;
    this.list.push(!hasPlace ? { code, field, message } : { code, field, fileOffset, message });
  }
}

/** An input that yields nothing at all. `code` tells whether it was the file or the access. */
export class InputError extends Error {
  readonly code: InputErrorCode;
  readonly path: string;
  readonly field: string | undefined;
  readonly fileOffset: number | undefined;
  /** The operating system's name of the error (`ENOENT`), for code `io`. */
  readonly errno: string | undefined;

  constructor(
    code: InputErrorCode,
    path: string,
    message: string,
    details: { field?: string; fileOffset?: number; errno?: string; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'InputError';
    this.code = code;
    this.path = path;
    this.field = details.field;
    this.fileOffset = details.fileOffset;
    this.errno = details.errno;
  }
}

export type InputErrorCode = 'io' | 'not-regular' | 'not-elf' | 'malformed';

/** Turns an exception of a file-system call into an {@link InputError}; rethrows anything else. */
export function toInputError(error: unknown, path: string, doing: string): InputError {
  if (error instanceof InputError) return error;
  const errno = (error as NodeJS.ErrnoException | null)?.code;
  if (typeof errno !== 'string') throw error;
  return new InputError('io', path, `cannot ${doing}: ${errnoText(errno)}`, {
    errno,
    cause: error,
  });
}

function errnoText(errno: string): string {
  return ERRNO_TEXT[errno] ?? errno;
}

const ERRNO_TEXT: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'is a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'file name too long',
  EIO: 'input/output error',
  ESRCH: 'no such process',
  ENXIO: 'no such device or address',
  EMFILE: 'too many open files',
  ESTALE: 'stale file handle',
  EOVERFLOW: 'value too large',
};
