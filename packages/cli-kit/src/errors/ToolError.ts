// SPDX-License-Identifier: Apache-2.0
import { ExitCode } from './exitCodes.ts';

/** What is known about a failure beside its message. Everything but `code` may be absent. */
export interface ToolErrorDetails {
  /** Stable and machine-readable, e.g. `ENOENT`, `ELF_TRUNCATED`, `USAGE`. */
  readonly code: string;
  readonly exitCode?: ExitCode;
  /** The file, directory or process it is about, as the user named it. */
  readonly path?: string;
  /** Bytes from the start of the file; bigint above 2^53. */
  readonly fileOffset?: number | bigint;
  /** The standard's name of the field, e.g. `e_phoff`, `DT_NEEDED[3]`. */
  readonly field?: string;
  readonly expected?: string;
  readonly found?: string;
  /** The next step, as one sentence without its full stop. */
  readonly hint?: string;
}

/** A failure that is not a defect of the tool: it is told in one line, without a stack. */
export class ToolError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly details: ToolErrorDetails;

  constructor(message: string, details: ToolErrorDetails, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'ToolError';
    this.code = details.code;
    this.exitCode = details.exitCode ?? ExitCode.negative;
    this.details = details;
  }
}

/** The `errors` entries of `--json`, and the `error` lines of `--ndjson`. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly fileOffset?: string;
  readonly field?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string;
}

export interface Problem {
  readonly record: ErrorRecord;
  readonly exitCode: ExitCode;
  /** Set when the error is a defect of ours and not of the input. */
  readonly unexpected: boolean;
}

const SYSTEM_MESSAGES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'input/output error',
  ESRCH: 'no such process',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files on this host',
  ENXIO: 'no such device or address',
  ETXTBSY: 'the file is being written',
  ENODEV: 'no such device',
  ESTALE: 'the file handle is stale',
  ENOTCONN: 'the file system is not connected',
};

/**
 * Turns whatever was thrown into a problem to report.
 *
 * Understands by their shape, not their class (each bundled chunk and core have classes of their
 * own): errors with `code` and any of {@link ToolErrorDetails}, either on themselves or under
 * `details`; and Node's system errors (`errno`, `syscall`).
 * @param defaults what the caller knows and the error may not, usually the path
 */
export function toProblem(error: unknown, defaults: Partial<ToolErrorDetails> = {}): Problem {
  if (!(error instanceof Error)) {
    return unexpectedProblem(`something that is no error was thrown: ${String(error)}`, defaults);
  }
  const own = error as Error & Partial<ToolErrorDetails> & { readonly details?: ToolErrorDetails };
  if (isSystemError(error)) {
    const message = SYSTEM_MESSAGES[error.code] ?? error.message;
    const path = defaults.path ?? error.path;
    const record = recordOf(message, { ...defaults, code: error.code }, path);
    return { record, exitCode: ExitCode.io, unexpected: false };
  }
  const details = { ...defaults, ...(own.details ?? pickDetails(own)) };
  if (details.code === undefined || isNodeInternalCode(details.code)) {
    return unexpectedProblem(error.message, defaults);
  }
  const exitCode = details.exitCode ?? own.exitCode ?? defaults.exitCode ?? ExitCode.negative;
  const record = recordOf(error.message, { ...details, code: details.code }, details.path);
  return { record, exitCode, unexpected: false };
}

function pickDetails(error: Partial<ToolErrorDetails>): Partial<ToolErrorDetails> {
  const { code, exitCode, path, fileOffset, field, expected, found, hint } = error;
  const all = { code, exitCode, path, fileOffset, field, expected, found, hint };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
}

function isSystemError(error: Error): error is SystemError {
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  return typeof code === 'string' && typeof syscall === 'string';
}

// ERR_INVALID_ARG_TYPE and its like come from our own mistakes, never from the input.
function isNodeInternalCode(code: string): boolean {
  return code.startsWith('ERR_');
}

function recordOf(
  message: string,
  details: Partial<ToolErrorDetails> & { readonly code: string },
  path: string | undefined,
): ErrorRecord {
  const { code, fileOffset, field, expected, found, hint } = details;
  return {
    code,
    message,
    ...(path !== undefined && { path }),
    ...(fileOffset !== undefined && { fileOffset: `0x${fileOffset.toString(16)}` }),
    ...(field !== undefined && { field }),
    ...(expected !== undefined && { expected }),
    ...(found !== undefined && { found }),
    ...(hint !== undefined && { hint }),
  };
}

function unexpectedProblem(message: string, defaults: Partial<ToolErrorDetails>): Problem {
  const record = recordOf(message, { code: 'INTERNAL' }, defaults.path);
  return { record, exitCode: ExitCode.internal, unexpected: true };
}
