// SPDX-License-Identifier: Apache-2.0
// The perf map of one process. It lies in a folder where everybody may write, so it counts only
// when it belongs to the user of the process or to root, and is opened as the process would see it.
import {
  InputError,
  openVerified,
  ProcError,
  ProcFs,
  parseStatus,
  readWhole,
  resolveInRoot,
} from '@otelkit/core';
import { SYMBOL_LIMITS } from '../limits.ts';
import { type PerfMap, parsePerfMap } from './perfMap.ts';

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
  #map: PerfMap | undefined;
  #sizeBytes = -1;
  #modifiedMs = -1;
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
   * The name at an absolute address. Programs write the map as they compile: where it has no name,
   * it is read again if it grew, at most each SYMBOL_LIMITS.perfMapRereadMs.
   */
  nameAt(address: number): string | undefined {
    const name = this.#map?.nameAt(address);
    if (name !== undefined || !this.#readAgain()) return name;
    return this.#map?.nameAt(address);
  }

  #readAgain(): boolean {
    const now = this.#now();
    if (now - this.#readAtMs < SYMBOL_LIMITS.perfMapRereadMs) return false;
    this.#readAtMs = now;
    try {
      return this.#read();
    } catch (error) {
      if (!(error instanceof InputError) && !(error instanceof ProcError)) throw error;
      // The map that was read stays: the process may have ended.
      this.problem = error.message;
      return false;
    }
  }

  #read(): boolean {
    const status = parseStatus(this.#fs.read(this.pid, 'status').bytes);
    if (status === undefined) return false;
    const path = `/tmp/perf-${status.namespacePids.at(-1) ?? this.pid}.map`;
    const resolved = resolveInRoot(this.#fs.path(this.pid, 'root'), path);
    if (resolved === undefined) return false;
    const { uids } = status;
    const owners = new Set([0, uids.real, uids.effective]);
    const source = openVerified(resolved, path, (stats) => owners.has(stats.uid));
    try {
      const { modifiedMs } = source.identity;
      if (source.sizeBytes === this.#sizeBytes && modifiedMs === this.#modifiedMs) return false;
      this.#sizeBytes = source.sizeBytes;
      this.#modifiedMs = modifiedMs;
      const mostBytes = Math.min(source.sizeBytes, SYMBOL_LIMITS.perfMapBytes);
      // A copy: what a source gives is valid until it is closed.
      this.#map = parsePerfMap(Buffer.from(readWhole(source, 0, mostBytes)));
      this.problem =
        mostBytes < source.sizeBytes || this.#map.isTruncated
          ? `${path}: only its first ${this.#map.entryCount} entries were read`
          : undefined;
      return true;
    } finally {
      source.close();
    }
  }
}
