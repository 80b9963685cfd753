// SPDX-License-Identifier: Apache-2.0
// Two tracers of one process would make every span twice. Each says in a folder of the host which
// processes it has; what a dead one left behind counts for nothing.
import { linkSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProcError, type ProcFs, readStat } from '@otelkit/core';

/** Below it each process that is traced has a file. */
export const CLAIMS_FOLDER = '/run/otel-go';

const MOST_SWEPT = 4_096;
const NAME = /^(\d{1,10}) (\d{1,20})$/;

/** Processes that this tracer has taken. */
export class Claims {
  readonly #fs: ProcFs;
  readonly #folder: string;
  readonly #files = new Map<number, string>();
  #hasOwnFile = false;

  /** @param folder below /run; where it cannot be written to, nothing is claimed */
  constructor(fs: ProcFs, folder: string) {
    this.#fs = fs;
    this.#folder = folder;
    try {
      // Not recursive: Node tries for ever below /proc.
      mkdirSync(folder, { mode: 0o700 });
    } catch {
      // It is there already, or there is nothing to agree by.
    }
    this.#sweep();
  }

  /** What tracers left behind that were killed. */
  #sweep(): void {
    try {
      for (const name of readdirSync(this.#folder).slice(0, MOST_SWEPT)) {
        const path = join(this.#folder, name);
        // An empty one is being written just now.
        const isWhole = readFileSync(path).length > 0;
        if (isWhole && ownerOf(this.#fs, path) === undefined) remove(path);
      }
    } catch {
      // Nothing is there.
    }
  }

  /** @returns the process that has it already; undefined where it is ours now */
  claim(pid: number): number | undefined {
    const start = startOf(this.#fs, pid);
    if (start === undefined) return undefined;
    const path = join(this.#folder, `${pid}-${start}`);
    for (let attempt = 0; attempt < 2; attempt++) {
      if (this.#create(path)) {
        this.#files.set(pid, path);
        return undefined;
      }
      const owner = ownerOf(this.#fs, path);
      if (owner !== undefined) return owner === process.pid ? undefined : owner;
      remove(path);
    }
    return undefined;
  }

  release(pid: number): void {
    const path = this.#files.get(pid);
    if (path === undefined) return;
    this.#files.delete(pid);
    remove(path);
  }

  releaseAll(): void {
    for (const pid of [...this.#files.keys()]) this.release(pid);
    if (this.#hasOwnFile) remove(this.#ownFile());
    this.#hasOwnFile = false;
  }

  /**
   * A link to a file that is whole: nobody ever sees half a claim. True also where the folder cannot
   * be used: nobody else could claim there either.
   */
  #create(path: string): boolean {
    try {
      linkSync(this.#ownFile(), path);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EEXIST';
    }
  }

  #ownFile(): string {
    const path = join(this.#folder, `tracer-${process.pid}`);
    if (!this.#hasOwnFile) {
      writeFileSync(path, `${process.pid} ${startOf(this.#fs, process.pid) ?? 0}`, { mode: 0o600 });
    }
    this.#hasOwnFile = true;
    return path;
  }
}

/** Who has a process, as its claim below /run says; asking claims nothing. */
export function claimOwner(fs: ProcFs, folder: string, pid: number): number | undefined {
  const start = startOf(fs, pid);
  return start === undefined ? undefined : ownerOf(fs, join(folder, `${pid}-${start}`));
}

/** Undefined where it is dead, or what is written there is no claim. */
function ownerOf(fs: ProcFs, path: string): number | undefined {
  try {
    const match = NAME.exec(readFileSync(path, 'latin1').trim());
    if (match === null) return undefined;
    const owner = Number(match[1]);
    return startOf(fs, owner) === Number(match[2]) ? owner : undefined;
  } catch {
    return undefined;
  }
}

function startOf(fs: ProcFs, pid: number): number | undefined {
  try {
    return readStat(fs, pid).startTimeTicks;
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else was faster.
  }
}
