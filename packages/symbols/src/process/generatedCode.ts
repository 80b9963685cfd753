// SPDX-License-Identifier: Apache-2.0
// The perf map of one process. It lies in a folder where everybody may write, so it counts only
// when it belongs to the user of the process or to root, and is opened as the process would see it.
import {
  type FileSource,
  InputError,
  openVerified,
  ProcError,
  ProcFs,
  parseStatus,
  resolveInRoot,
} from '@otelkit/core';
import { SYMBOL_LIMITS } from '../limits.ts';
import { GrowingMap } from './growingMap.ts';

export interface GeneratedCodeOptions {
  readonly procFs?: ProcFs;
  /** A clock that does not jump, in milliseconds. */
  readonly now?: () => number;
}

/** Names of the code that one process makes while it runs. */
export class GeneratedCode {
  readonly pid: number;
  readonly #fs: ProcFs;
  readonly #now: () => number;
  /** Stays open: its process may end before its last names are asked for. */
  #source: FileSource | undefined;
  #map: GrowingMap | undefined;
  #openedAtMs = Number.NEGATIVE_INFINITY;
  #readAtMs = Number.NEGATIVE_INFINITY;
  /** Why there is no map; undefined when there is one, or none was looked for yet. */
  problem: string | undefined;

  constructor(pid: number, options: GeneratedCodeOptions = {}) {
    this.pid = pid;
    this.#fs = options.procFs ?? new ProcFs();
    this.#now = options.now ?? (() => performance.now());
  }

  /** Memory it holds, about. */
  get sizeBytes(): number {
    return this.#map?.sizeBytes ?? 0;
  }

  /**
   * The name at an absolute address. Programs write the map as they compile, and some at their end:
   * where it has no name, what was written since is read. Another file of that name is looked for at
   * most each SYMBOL_LIMITS.perfMapRereadMs.
   */
  nameAt(address: number): string | undefined {
    const name = this.#map?.nameAt(address);
    if (name !== undefined || !this.#readAgain()) return name;
    return this.#map?.nameAt(address);
  }

  /**
   * Names will be asked for. What was written lately is read: memory is used again for other code.
   * The map stays open, so that the process may end before its last names are asked for.
   */
  expect(): void {
    this.#readAgain();
  }

  close(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#map = undefined;
  }

  #readAgain(): boolean {
    const now = this.#now();
    if (now - this.#readAtMs < SYMBOL_LIMITS.perfMapLookMs) return false;
    this.#readAtMs = now;
    if (now - this.#openedAtMs >= SYMBOL_LIMITS.perfMapRereadMs) {
      this.#openedAtMs = now;
      this.#openAgain();
    }
    return this.#readMap();
  }

  #openAgain(): void {
    try {
      this.#open();
    } catch (error) {
      if (!(error instanceof InputError) && !(error instanceof ProcError)) throw error;
      // The map that is open stays: the process may have ended.
      if (this.#map === undefined) this.problem = error.message;
    }
  }

  #readMap(): boolean {
    const { path = '' } = this.#source ?? {};
    try {
      const found = this.#map?.read();
      if (found === 'full') {
        this.problem = `${path}: only its first ${this.#map?.entryCount} entries were read`;
      }
      return found === 'more';
    } catch (error) {
      // A disk that fails.
      this.problem = `${path}: ${(error as Error).message}`;
      return false;
    }
  }

  /** Opens the file that has the name now, unless it is open. @throws InputError, ProcError */
  #open(): void {
    const status = parseStatus(this.#fs.read(this.pid, 'status').bytes);
    if (status === undefined) return;
    const path = `/tmp/perf-${status.namespacePids.at(-1) ?? this.pid}.map`;
    const resolved = resolveInRoot(this.#fs.path(this.pid, 'root'), path);
    if (resolved === undefined) return;
    const { uids } = status;
    const owners = new Set([0, uids.real, uids.effective]);
    const source = openVerified(resolved, path, (stats) => owners.has(stats.uid));
    const { device, inode } = source.identity;
    const open = this.#source?.identity;
    if (open?.inode === inode && open.device === device) {
      source.close();
      return;
    }
    this.close();
    this.#source = source;
    this.#map = new GrowingMap(source.fd);
    this.problem = undefined;
  }
}
