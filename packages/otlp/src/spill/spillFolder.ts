// SPDX-License-Identifier: Apache-2.0
// Requests on disk while the collector is away. A file appears under its name whole (written beside
// it and renamed). It is not synced: a crash of the agent loses nothing, and what a crash of the
// whole machine damages is found by its checksum.
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe } from '../export/describe.ts';
import { LIMITS } from '../limits.ts';
import { lockFolder } from './folderLock.ts';
import { preparePrivateFolder } from './privateFolder.ts';
import {
  decodeSpill,
  decodeSpillHeader,
  encodeSpill,
  SPILL_HEADER_BYTES,
  type SpillHeader,
} from './spillFile.ts';

const NAME = /^\d{16}\.otlp$/;
const TEMPORARY = /^\.\d{16}\.tmp$/;
const NAME_DIGITS = 16;

/** A request that lies in the folder. */
export interface SpillFile extends SpillHeader {
  readonly name: string;
}

/** Something that went wrong in the folder; the exporter goes on. */
export type OnSpillProblem = (path: string, message: string) => void;

export class SpillFolder {
  readonly path: string;
  readonly limits: { readonly bytes: number; readonly requests: number };
  readonly #onProblem: OnSpillProblem;
  #nextNumber = 1;
  #pausedUntilMs = 0;
  #isClosed = false;
  readonly #unlock: () => void;

  /**
   * @throws Error when the folder cannot be made, is not private to this user, or is in use by
   * another process.
   */
  constructor(path: string, limits: SpillFolder['limits'], onProblem: OnSpillProblem) {
    this.path = path;
    this.limits = limits;
    this.#onProblem = onProblem;
    preparePrivateFolder(path);
    this.#unlock = lockFolder(path);
  }

  /** Lets another process have the folder; what lies in it stays. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unlock();
  }

  /** What an earlier run left, oldest first. Damaged and half-written files are removed. */
  takeOver(): SpillFile[] {
    const files: SpillFile[] = [];
    const names = readdirSync(this.path).sort();
    for (const name of names) {
      if (TEMPORARY.test(name)) this.#unlink(name);
      if (!NAME.test(name)) continue;
      this.#nextNumber = Number(name.slice(0, NAME_DIGITS)) + 1;
      if (files.length >= LIMITS.spillFiles) continue;
      const header = this.#header(name);
      if (header !== undefined) files.push({ ...header, name });
      else this.#discard(name, 'damaged or cut short; it is removed');
    }
    return files;
  }

  /** @returns undefined when it could not be written; the request stays in memory then. */
  write(header: Omit<SpillHeader, 'sizeBytes'>, body: Buffer): SpillFile | undefined {
    if (this.#isClosed || performance.now() < this.#pausedUntilMs) return undefined;
    const number = String(this.#nextNumber++).padStart(NAME_DIGITS, '0');
    const name = `${number}.otlp`;
    const temporary = join(this.path, `.${number}.tmp`);
    try {
      // 'wx': never through a link, never over a file that somebody else put there.
      writeFileSync(temporary, encodeSpill(header, body), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, join(this.path, name));
    } catch (error) {
      // A full disk stays full for a while: one message, and memory has to do meanwhile.
      this.#pausedUntilMs = performance.now() + LIMITS.spillPauseMs;
      this.#onProblem(this.path, `cannot write: ${describe(error)}`);
      this.#unlink(`.${number}.tmp`);
      return undefined;
    }
    const { signal, isGzip, itemCount } = header;
    return { signal, isGzip, itemCount, sizeBytes: body.length, name };
  }

  /** The body of a request, or undefined (and a message) where it is damaged or gone. */
  read(file: SpillFile): Buffer | undefined {
    let message = 'checksum does not fit';
    try {
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
      const body = decodeSpill(readFileSync(join(this.path, file.name), { flag: flags as never }));
      if (body !== undefined) return body;
    } catch (error) {
      message = describe(error);
    }
    this.#onProblem(join(this.path, file.name), `${message}; ${file.itemCount} items are lost`);
    return undefined;
  }

  /** Removes the file of a request that was sent or given up. */
  remove(file: SpillFile): void {
    this.#pausedUntilMs = 0;
    this.#unlink(file.name);
  }

  #header(name: string): SpillHeader | undefined {
    let fd: number | undefined;
    try {
      fd = openSync(join(this.path, name), constants.O_RDONLY | constants.O_NOFOLLOW);
      const start = Buffer.alloc(SPILL_HEADER_BYTES);
      const count = readSync(fd, start, 0, SPILL_HEADER_BYTES, 0);
      return decodeSpillHeader(start.subarray(0, count), fstatSync(fd).size);
    } catch {
      return undefined;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  #discard(name: string, message: string): void {
    this.#onProblem(join(this.path, name), message);
    this.#unlink(name);
  }

  #unlink(name: string): void {
    try {
      unlinkSync(join(this.path, name));
    } catch {}
  }
}
