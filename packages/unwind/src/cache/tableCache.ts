// SPDX-License-Identifier: Apache-2.0
// Tables on disk, so that a restart loads and does not parse. Each file is a table exactly as it is
// uploaded. The folder is ours alone (0700): root unwinds by what stands in it.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { UNWIND_LIMITS } from '../limits.ts';
import { checkHeader, HEADER, HEADER_BYTES } from '../table/layout.ts';

/** Changes when the same file gives another table: entries of other versions are not found. */
const BUILDER_VERSION = 3;
const SUFFIX = '.unwind';
const KEY = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** An entry that is used is touched so often: eviction goes by age. */
const TOUCH_AFTER_MS = 3_600_000;

interface Entry {
  sizeBytes: number;
  usedAtMs: number;
}

/** One folder of tables. Damaged entries count as absent. */
export class TableCache {
  readonly folder: string;
  readonly #mostBytes: number;
  readonly #entries = new Map<string, Entry>();
  #totalBytes = 0;
  #isListed = false;

  private constructor(folder: string, mostBytes: number) {
    this.folder = folder;
    this.#mostBytes = mostBytes;
  }

  /**
   * Makes the folder where it is missing. Says why it cannot be used otherwise: tables of a folder
   * that others may write to would let them choose what is unwound.
   */
  static open(folder: string, mostBytes: number = UNWIND_LIMITS.cacheBytes): TableCache | string {
    const own = join(folder, `v${BUILDER_VERSION}`);
    try {
      mkdirSync(own, { recursive: true, mode: 0o700 });
      const problem = parentProblem(folder) ?? folderProblem(own);
      if (problem !== undefined) return problem;
      return new TableCache(own, mostBytes);
    } catch (error) {
      return `cannot use ${folder}: ${(error as Error).message}`;
    }
  }

  get totalBytes(): number {
    this.#list();
    return this.#totalBytes;
  }

  get count(): number {
    this.#list();
    return this.#entries.size;
  }

  pathOf(key: string): string {
    if (!KEY.test(key)) throw new TypeError(`${JSON.stringify(key)} is no key of a table`);
    return join(this.folder, key + SUFFIX);
  }

  /** Path of a whole table of this key, or undefined; a damaged one is removed. */
  find(key: string): string | undefined {
    const path = this.pathOf(key);
    const sizeBytes = wholeTableBytes(path);
    if (sizeBytes === undefined) {
      this.#remove(key);
      return undefined;
    }
    const known = this.#entries.get(key);
    const nowMs = Date.now();
    if (known === undefined || nowMs - known.usedAtMs > TOUCH_AFTER_MS) touch(path, nowMs);
    this.#remember(key, sizeBytes, nowMs);
    return path;
  }

  /** Counts an entry that {@link writeTable} has written, and makes room for it. */
  added(key: string, sizeBytes: number): void {
    this.#list();
    this.#remember(key, sizeBytes, Date.now());
    if (this.#totalBytes <= this.#mostBytes) return;
    const oldestFirst = [...this.#entries].sort((a, b) => a[1].usedAtMs - b[1].usedAtMs);
    for (const [old] of oldestFirst) {
      if (this.#totalBytes <= this.#mostBytes) return;
      if (old !== key) this.#remove(old);
    }
  }

  /** Looks at what is there, before the first entry is added: thousands are not worth a start. */
  #list(): void {
    if (this.#isListed) return;
    this.#isListed = true;
    for (const name of readdirSync(this.folder).slice(0, UNWIND_LIMITS.cacheEntries)) {
      const path = join(this.folder, name);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined || !stats.isFile()) continue;
      const key = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : '';
      // Temporary files of a process that was killed.
      if (KEY.test(key)) this.#found(key, stats.size, stats.mtimeMs);
      else if (Date.now() - stats.mtimeMs > TOUCH_AFTER_MS) rmSync(path, { force: true });
    }
  }

  /** What was used since the start is known better. */
  #found(key: string, sizeBytes: number, usedAtMs: number): void {
    if (!this.#entries.has(key)) this.#remember(key, sizeBytes, usedAtMs);
  }

  #remember(key: string, sizeBytes: number, usedAtMs: number): void {
    this.#totalBytes += sizeBytes - (this.#entries.get(key)?.sizeBytes ?? 0);
    this.#entries.set(key, { sizeBytes, usedAtMs });
  }

  #remove(key: string): void {
    rmSync(this.pathOf(key), { force: true });
    this.#totalBytes -= this.#entries.get(key)?.sizeBytes ?? 0;
    this.#entries.delete(key);
  }
}

/** Who may write to the parent can put another folder in the place of ours. */
function parentProblem(path: string): string | undefined {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) return `${path} is no folder`;
  const isOurs = stats.uid === process.geteuid?.() || stats.uid === 0;
  if (!isOurs) return `${path} belongs to user ${stats.uid}`;
  return (stats.mode & 0o022) === 0 ? undefined : `${path} can be written to by others`;
}

function folderProblem(path: string): string | undefined {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) return `${path} is no folder`;
  if (stats.uid !== process.geteuid?.()) return `${path} belongs to user ${stats.uid}`;
  if ((stats.mode & 0o077) !== 0) {
    return `${path} is open to others (mode ${(stats.mode & 0o777).toString(8)}, 700 expected)`;
  }
  return undefined;
}

/** Writes a table so that it is there whole or not at all. */
export function writeTable(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  const fd = openSync(temporary, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at);
    closeSync(fd);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function touch(path: string, nowMs: number): void {
  try {
    utimesSync(path, nowMs / 1000, nowMs / 1000);
  } catch {
    // Somebody removed it meanwhile; the next look-up will tell.
  }
}

/** Bytes of the table at `path`; undefined when it is absent, damaged, or not a plain file. */
function wholeTableBytes(path: string): number | undefined {
  const bytes = readTableFile(path);
  return bytes === undefined ? undefined : bytes.length;
}

/** A cached table, checked by its header and CRC; undefined when it is absent or damaged. */
export function readTableFile(path: string): Uint8Array | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.size < HEADER_BYTES) return undefined;
    if (stats.size > UNWIND_LIMITS.tableBytes) return undefined;
    const bytes = new Uint8Array(stats.size);
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(fd, bytes, at, bytes.length - at, at);
      if (count === 0) return undefined;
      at += count;
    }
    if (checkHeader(bytes) !== undefined) return undefined;
    const declared = new DataView(bytes.buffer).getUint32(HEADER.crc32, true);
    return crc32(bytes.subarray(HEADER_BYTES)) === declared ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
