// SPDX-License-Identifier: Apache-2.0
// Reads by pread on demand. Small reads are served from pages that stay until close, so views of
// them are never overwritten; page buffers are recycled between files, not within one.
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { InputError, toInputError } from '../diagnostics/diagnostic.ts';
import { LIMITS } from '../limits.ts';
import type { ByteSource } from './byteSource.ts';
import { encodePath } from './surrogateEscape.ts';

// O_NONBLOCK: a FIFO without a writer must not block the open. O_NOCTTY: a terminal must not
// become ours. O_NOATIME is left alone: it fails on files of other owners.
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

const EMPTY = Buffer.alloc(0);
const freePages: Buffer[] = [];
let spareWhole: ArrayBuffer | undefined;

export interface FileIdentity {
  readonly device: number;
  readonly inode: number;
  readonly mode: number;
  readonly modifiedMs: number;
}

/**
 * Opens a regular file for random access.
 * @throws InputError `io` when it cannot be opened, `not-regular` for FIFOs, devices, directories.
 */
export function openFile(path: string): FileSource {
  let fd: number;
  try {
    fd = openDescriptor(path);
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).code;
    if (errno === 'ENXIO') throw notRegular(path, 'socket or device');
    throw toInputError(error, path, 'open');
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw notRegular(path, kindOf(stats));
    return new FileSource(path, fd, stats);
  } catch (error) {
    closeSync(fd);
    throw toInputError(error, path, 'stat');
  }
}

/** The descriptor of a file; never blocks, changes nothing. Errors are those of openSync. */
export function openDescriptor(path: string): number {
  return openSync(encodePath(path), OPEN_FLAGS);
}

/** By what a file is recognised again. */
export function identityOf({ dev, ino, mode, mtimeMs }: Stats): FileIdentity {
  return { device: dev, inode: ino, mode, modifiedMs: mtimeMs };
}

function notRegular(path: string, kind: string): InputError {
  return new InputError('not-regular', path, `is a ${kind}, not a regular file`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'directory';
  if (stats.isFIFO()) return 'FIFO';
  if (stats.isSocket()) return 'socket';
  return stats.isCharacterDevice() ? 'character device' : 'block device';
}

/** A regular file; see {@link openFile}. */
export class FileSource implements ByteSource {
  readonly path: string;
  readonly sizeBytes: number;
  readonly identity: FileIdentity;
  bytesRead = 0;
  #fd: number;
  readonly #pages = new Map<number, Buffer>();
  /** All of a small file: one system call instead of several. */
  #whole: Buffer | undefined;

  constructor(path: string, fd: number, stats: Stats) {
    this.path = path;
    this.#fd = fd;
    this.sizeBytes = stats.size;
    this.identity = identityOf(stats);
  }

  /** For another thread of this process to read the same file; -1 once it is closed. */
  get fd(): number {
    return this.#fd;
  }

  read(fileOffset: number, lengthBytes: number): Buffer {
    if (!(fileOffset >= 0) || !(lengthBytes > 0) || fileOffset >= this.sizeBytes) return EMPTY;
    const end = Math.min(this.sizeBytes, fileOffset + lengthBytes);
    if (this.sizeBytes <= LIMITS.wholeFileBytes) {
      this.#whole ??= this.#readWhole();
      return this.#whole.subarray(fileOffset, end);
    }
    const pageIndex = Math.floor(fileOffset / LIMITS.pageBytes);
    const pageStart = pageIndex * LIMITS.pageBytes;
    if (end > pageStart + LIMITS.pageBytes) return this.#readDirect(fileOffset, end - fileOffset);
    const page = this.#page(pageIndex);
    return page.subarray(fileOffset - pageStart, end - pageStart);
  }

  changed(): string | undefined {
    const now = fstatSync(this.#fd);
    if (now.size !== this.sizeBytes) {
      return `size changed from ${this.sizeBytes} to ${now.size} bytes while it was read`;
    }
    if (now.mtimeMs !== this.identity.modifiedMs) return 'was written to while it was read';
    return undefined;
  }

  close(): void {
    if (this.#fd < 0) return;
    closeSync(this.#fd);
    this.#fd = -1;
    if (this.#whole !== undefined && spareWhole === undefined)
      spareWhole = this.#whole.buffer as ArrayBuffer;
    this.#whole = undefined;
    for (const page of this.#pages.values()) {
      const isWhole = page.length === LIMITS.pageBytes;
      if (isWhole && freePages.length < LIMITS.cachedPagesPerFile) freePages.push(page);
    }
    this.#pages.clear();
  }

  #page(pageIndex: number): Buffer {
    const cached = this.#pages.get(pageIndex);
    if (cached !== undefined) return cached;
    const mayKeep = this.#pages.size < LIMITS.cachedPagesPerFile;
    const buffer = (mayKeep && freePages.pop()) || Buffer.allocUnsafeSlow(LIMITS.pageBytes);
    const length = this.#fill(buffer, pageIndex * LIMITS.pageBytes);
    const page = length === LIMITS.pageBytes ? buffer : buffer.subarray(0, length);
    // A short page (end of file) is not recycled: its full buffer is out of reach from the view.
    if (mayKeep) this.#pages.set(pageIndex, page);
    return page;
  }

  #readWhole(): Buffer {
    const memory = spareWhole ?? new ArrayBuffer(LIMITS.wholeFileBytes);
    spareWhole = undefined;
    const whole = Buffer.from(memory, 0, this.sizeBytes);
    const length = this.#fill(whole, 0);
    return length === whole.length ? whole : whole.subarray(0, length);
  }

  #readDirect(fileOffset: number, lengthBytes: number): Buffer {
    const buffer = Buffer.allocUnsafe(Math.min(lengthBytes, LIMITS.singleReadBytes));
    return buffer.subarray(0, this.#fill(buffer, fileOffset));
  }

  #fill(buffer: Buffer, fileOffset: number): number {
    let filled = 0;
    try {
      while (filled < buffer.length) {
        const n = readSync(this.#fd, buffer, filled, buffer.length - filled, fileOffset + filled);
        if (n === 0) break;
        filled += n;
        // A regular file answers short only at its end: spare the second call that says so.
        if (fileOffset + filled >= this.sizeBytes) break;
      }
    } catch (error) {
      throw toInputError(error, this.path, `read at offset 0x${fileOffset.toString(16)}`);
    }
    this.bytesRead += filled;
    return filled;
  }
}
