// SPDX-License-Identifier: Apache-2.0
// Paths as a process with another root would see them: absolute links start at that root, and ".."
// does not leave it. Answers are remembered: the same directories are asked for again and again.
import { lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { type FileSource, openFile } from '../bytes/fileSource.ts';
import { decodeBytes, encodePath } from '../bytes/surrogateEscape.ts';
import { InputError, toInputError } from '../diagnostics/diagnostic.ts';
import { LIMITS } from '../limits.ts';
import { DEPS_LIMITS } from './depsLimits.ts';

/** A file found below the root. `path` is inside the root, `hostPath` is what to open. */
export interface LocatedFile {
  readonly hostPath: string;
  readonly stats: Stats;
}

/** Why there is nothing to read at a path, in the operating system's names: `ENOENT`. */
export type Errno = string;

type Entry = { readonly kind: 'directory' | 'other' } | { readonly link: string } | Errno;

export class RootFs {
  /** `/`, or an absolute path without a slash at its end. */
  readonly root: string;
  readonly #prefix: string;
  readonly #entries = new Map<string, Entry>();
  readonly #directories = new Map<string, boolean>();
  readonly #existing = new Map<string, boolean>();

  constructor(root = '/') {
    const trimmed = root.replace(/\/+$/, '');
    this.root = trimmed === '' ? '/' : trimmed;
    this.#prefix = trimmed;
  }

  get isHostRoot(): boolean {
    return this.#prefix === '';
  }

  /** The file behind `path`, links followed inside the root, or the reason why there is none. */
  locate(path: string): LocatedFile | Errno {
    // A relative path would be looked for in our own working directory.
    if (!path.startsWith('/')) return 'ENOENT';
    const hostPath = this.isHostRoot ? path : this.#resolve(path);
    if (hostPath === undefined || !hostPath.startsWith('/')) return hostPath ?? 'ENOENT';
    try {
      const stats = statSync(encodePath(hostPath), { throwIfNoEntry: false });
      return stats === undefined ? 'ENOENT' : { hostPath, stats };
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'EIO';
    }
  }

  isDirectory(path: string): boolean {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    const located = this.locate(path);
    const answer = typeof located !== 'string' && located.stats.isDirectory();
    if (this.#directories.size < DEPS_LIMITS.rememberedAbsent) this.#directories.set(path, answer);
    return answer;
  }

  /** True when something stands there. Remembered: ask for the few files that many depend on. */
  exists(path: string): boolean {
    let answer = this.#existing.get(path);
    if (answer === undefined) {
      answer = typeof this.locate(path) !== 'string';
      if (this.#existing.size < DEPS_LIMITS.rememberedAbsent) this.#existing.set(path, answer);
    }
    return answer;
  }

  /** The path inside the root with every link resolved; `path` itself where that fails. */
  realpath(path: string): string {
    if (!this.isHostRoot) {
      const hostPath = this.#resolve(path);
      if (hostPath === undefined || !hostPath.startsWith('/')) return path;
      return hostPath.slice(this.#prefix.length) || '/';
    }
    try {
      const real = realpathSync.native(encodePath(path), 'buffer');
      return decodeBytes(real as unknown as Buffer);
    } catch {
      return path;
    }
  }

  /**
   * The first `limitBytes` bytes of a regular file, undefined where there is no file.
   * @throws InputError when it is there and cannot be read.
   */
  readFile(path: string, limitBytes: number): Buffer | undefined {
    return this.#read(path, (source) => Buffer.concat([...pieces(source, limitBytes)]));
  }

  /** The same as text, a character for each byte, without a copy on the way. */
  readLatin1(path: string, limitBytes: number): string | undefined {
    return this.#read(path, (source) => {
      let text = '';
      for (const piece of pieces(source, limitBytes)) text += piece.toString('latin1');
      return text;
    });
  }

  #read<T>(path: string, take: (source: FileSource) => T): T | undefined {
    const located = this.locate(path);
    if (isAbsent(located)) return undefined;
    if (typeof located === 'string') {
      throw new InputError('io', path, `cannot open: ${located}`, { errno: located });
    }
    const source = openFile(located.hostPath);
    try {
      return take(source);
    } finally {
      source.close();
    }
  }

  /** Names in a directory, in byte order; empty where it cannot be listed. */
  list(path: string): string[] {
    const located = this.locate(path);
    if (typeof located === 'string') return [];
    try {
      const names = readdirSync(encodePath(located.hostPath), { encoding: 'buffer' });
      return names.sort(Buffer.compare).map(decodeBytes);
    } catch {
      return [];
    }
  }

  /** Host path of `path` with all links resolved, an errno, or undefined for ENOENT. */
  #resolve(path: string): string | Errno | undefined {
    const pending = path.split('/').reverse();
    let current = '';
    let links = 0;
    for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
      if (part === '' || part === '.') continue;
      if (part === '..') {
        current = current.slice(0, Math.max(0, current.lastIndexOf('/')));
        continue;
      }
      const candidate = `${current}/${part}`;
      const entry = this.#entry(candidate);
      if (typeof entry === 'string') return entry;
      if ('link' in entry) {
        links++;
        if (links > LIMITS.symbolicLinks) return 'ELOOP';
        if (entry.link.startsWith('/')) current = '';
        pending.push(...entry.link.split('/').reverse());
        continue;
      }
      if (entry.kind === 'other' && pending.some((rest) => rest !== '')) return 'ENOTDIR';
      current = candidate;
    }
    return this.#prefix + (current === '' ? '/' : current);
  }

  #entry(path: string): Entry {
    const known = this.#entries.get(path);
    if (known !== undefined) return known;
    const entry = readEntry(this.#prefix + path);
    // What is not there is remembered by who asks, if at all: hostile files ask for a lot.
    if (entry !== 'ENOENT') this.#entries.set(path, entry);
    return entry;
  }
}

function readEntry(hostPath: string): Entry {
  try {
    const encoded = encodePath(hostPath);
    const stats = lstatSync(encoded, { throwIfNoEntry: false });
    if (stats === undefined) return 'ENOENT';
    if (stats.isSymbolicLink()) {
      return { link: decodeBytes(readlinkSync(encoded, { encoding: 'buffer' })) };
    }
    return stats.isDirectory() ? DIRECTORY : OTHER;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EIO';
  }
}

const DIRECTORY: Entry = { kind: 'directory' };
const OTHER: Entry = { kind: 'other' };

/** A file's bytes in pieces, which are valid until it is closed. */
function* pieces(source: FileSource, limitBytes: number): Generator<Buffer> {
  // Files of /proc and /sys say that they are empty; these are not among what is read here.
  const wanted = Math.min(source.sizeBytes, limitBytes);
  for (let at = 0; at < wanted; ) {
    const piece = source.read(at, Math.min(LIMITS.bulkReadBytes, wanted - at));
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

/** No file can stand there; other errors say that one may. */
export function isAbsent(located: LocatedFile | Errno): boolean {
  return located === 'ENOENT' || located === 'ENOTDIR' || located === 'ENAMETOOLONG';
}

/** The directory part of an absolute path: `/` for what stands directly in the root. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** `directory/name` without a doubled slash. */
export function joinPath(directory: string, name: string): string {
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}

/** An {@link InputError} for an errno of {@link RootFs.locate}. */
export function errnoError(errno: Errno, path: string): InputError {
  return toInputError(Object.assign(new Error(errno), { code: errno }), path, 'open');
}
