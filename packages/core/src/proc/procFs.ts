// SPDX-License-Identifier: Apache-2.0
// The only place that reads below /proc. Files there have no size, change between two reads, and
// their process may vanish at any moment: that is an outcome here, not an error to report.
//
// What can block: `maps`, `map_files`, `environ` and `cmdline` take the target's mmap_lock, which
// a task stuck in the kernel (state D) may hold; `stat`, `status`, `cgroup`, `exe`, `auxv` do not.
// Callers look at the state first (see readProcess.ts) and leave the former alone where it is D.
import { closeSync, constants, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { LIMITS } from '../limits.ts';

/** Why something of a process could not be read. */
export type Unavailable = 'gone' | 'denied' | 'busy' | 'error';

/** A read below /proc that gave nothing. `gone` is normal: processes end. */
export class ProcError extends Error {
  readonly code: 'PROC_GONE' | 'PROC_DENIED' | 'PROC_BUSY' | 'PROC_IO';
  readonly reason: Unavailable;
  readonly path: string;
  readonly errno: string | undefined;
  /** What the CLI's error reporting takes as the exit code: an I/O failure. */
  readonly exitCode = 4;

  constructor(reason: Unavailable, path: string, message: string, errno?: string) {
    super(message);
    this.name = 'ProcError';
    this.reason = reason;
    this.path = path;
    this.errno = errno;
    this.code = CODES[reason];
  }
}

const CODES = {
  gone: 'PROC_GONE',
  denied: 'PROC_DENIED',
  busy: 'PROC_BUSY',
  error: 'PROC_IO',
} as const;

/** What was read; `isTruncated` when the file went on past the limit. */
export interface ProcBytes {
  readonly bytes: Buffer;
  readonly isTruncated: boolean;
}

// O_NONBLOCK: recorded trees may hold anything, also FIFOs.
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const FIRST_PIECE_BYTES = 16_384;
const KEPT_BYTES = 1_048_576;

/** The /proc file system, or a tree recorded from one. */
export class ProcFs {
  readonly root: string;
  #buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_PIECE_BYTES);

  constructor(root = '/proc') {
    this.root = root;
  }

  /** `/proc/PID/name`. */
  path(pid: number, name: string): string {
    return `${this.root}/${pid}/${name}`;
  }

  /**
   * The content of `/proc/PID/name`, at most `limitBytes`. The bytes are a view that is valid until
   * the next read.
   * @throws ProcError
   */
  read(pid: number, name: string, limitBytes: number = LIMITS.procFileBytes): ProcBytes {
    return this.readPath(`${this.root}/${pid}/${name}`, limitBytes);
  }

  /** As {@link read}, for a file of the host: `name` below the root, for example `sys/kernel/x`. */
  readHost(name: string, limitBytes: number = LIMITS.procFileBytes): ProcBytes {
    return this.readPath(`${this.root}/${name}`, limitBytes);
  }

  /** As {@link read}, for any path. @throws ProcError */
  readPath(path: string, limitBytes: number = LIMITS.procFileBytes): ProcBytes {
    let fd = -1;
    try {
      fd = openSync(path, OPEN_FLAGS);
      return this.#readAll(fd, limitBytes);
    } catch (error) {
      throw toProcError(error, path);
    } finally {
      if (fd >= 0) closeSync(fd);
    }
  }

  /** Target of a link as the kernel words it, ` (deleted)` and all. @throws ProcError */
  link(pid: number, name: string): string {
    const path = `${this.root}/${pid}/${name}`;
    try {
      return decodeBytes(readlinkSync(path, 'buffer'));
    } catch (error) {
      throw toProcError(error, path);
    }
  }

  /** Names in a directory below `/proc/PID`, `''` for /proc itself. @throws ProcError */
  list(relativePath: string): string[] {
    const path = relativePath === '' ? this.root : `${this.root}/${relativePath}`;
    try {
      return readdirSync(path);
    } catch (error) {
      throw toProcError(error, path);
    }
  }

  // Sequential reads without a position: seq_file answers in pieces of its own choosing, and
  // seeking back makes the kernel generate everything again.
  #readAll(fd: number, limitBytes: number): ProcBytes {
    let filled = 0;
    // What one process with endless mappings took is not kept for all the others.
    if (this.#buffer.length > KEPT_BYTES) this.#buffer = Buffer.allocUnsafeSlow(FIRST_PIECE_BYTES);
    for (;;) {
      if (filled === this.#buffer.length) this.#grow(limitBytes);
      const room = Math.min(this.#buffer.length, limitBytes + 1) - filled;
      if (room <= 0) break;
      const n = readSync(fd, this.#buffer, filled, room, null);
      if (n === 0) break;
      filled += n;
    }
    const isTruncated = filled > limitBytes;
    return { bytes: this.#buffer.subarray(0, Math.min(filled, limitBytes)), isTruncated };
  }

  #grow(limitBytes: number): void {
    const size = Math.min(this.#buffer.length * 4, Math.max(limitBytes + 1, FIRST_PIECE_BYTES));
    if (size <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(size);
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}

/** Turns an exception of a file-system call into a {@link ProcError}; rethrows anything else. */
export function toProcError(error: unknown, path: string): ProcError {
  if (error instanceof ProcError) return error;
  const errno = (error as NodeJS.ErrnoException | null)?.code;
  if (typeof errno !== 'string' || errno.startsWith('ERR_')) throw error;
  if (errno === 'ENOENT' || errno === 'ESRCH') {
    return new ProcError('gone', path, 'the process is gone', errno);
  }
  if (errno === 'EACCES' || errno === 'EPERM') {
    return new ProcError('denied', path, 'permission denied', errno);
  }
  return new ProcError('error', path, `cannot be read: ${errno}`, errno);
}

/** The value, or undefined with the reason put into `missing[name]`. */
export function attempt<T, K extends string>(
  missing: Partial<Record<K, Unavailable>>,
  name: K,
  read: () => T,
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProcError)) throw error;
    missing[name] = error.reason;
    return undefined;
  }
}
