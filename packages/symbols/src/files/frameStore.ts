// SPDX-License-Identifier: Apache-2.0
// Frames on disk by the content of their file: symbol tables and debug information are read once for an
// address, also over restarts. The folder is ours alone (0700): what stands in it is told as the truth.
// An entry that is damaged in any way counts as absent, and is made anew.
import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SYMBOL_LIMITS } from '../limits.ts';
import { KnownFrames } from './knownFrames.ts';
import { makeRoom } from './makeRoom.ts';

/** Changes when the same file gives other frames. */
const VERSION = 3;
const SUFFIX = '.frames';
const KEY = /^[0-9a-z-]{8,200}$/;
/** Room is made at the first time, and then now and then: it looks at every entry. */
const SAVES_BETWEEN = 64;

/** See the file's head. */
export class FrameStore {
  readonly #folder: string;
  readonly #mostBytes: number;
  #saves = 0;

  private constructor(folder: string, mostBytes: number) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /** Makes the folder where it is missing; a sentence where it cannot be used. */
  static open(folder: string, mostBytes: number = SYMBOL_LIMITS.storeBytes): FrameStore | string {
    const own = join(folder, `v${VERSION}`);
    try {
      mkdirSync(own, { recursive: true, mode: 0o700 });
      const problem = whoElseWrites(dirname(own)) ?? whoElseWrites(own);
      if (problem !== undefined) return problem;
      // What an older version of the tool kept is of no use to anybody.
      for (let old = 1; old < VERSION; old++) {
        rmSync(join(folder, `v${old}`), { recursive: true, force: true });
      }
      return new FrameStore(own, mostBytes);
    } catch (error) {
      return `cannot use ${folder}: ${(error as Error).message}`;
    }
  }

  /** The frames that are known of a file; undefined where none are. */
  load(key: string): KnownFrames | undefined {
    if (!KEY.test(key)) return undefined;
    try {
      const path = join(this.#folder, key + SUFFIX);
      const { size } = lstatSync(path);
      if (size > SYMBOL_LIMITS.storedFileBytes) return undefined;
      return KnownFrames.decode(readFileSync(path), Date.now());
    } catch {
      return undefined;
    }
  }

  /**
   * Writes them as a whole or not at all, and makes room. What cannot be written is not kept.
   * @param validMs so long they count; for good without
   */
  save(key: string, frames: KnownFrames, validMs?: number): void {
    if (!KEY.test(key)) return;
    const path = join(this.#folder, key + SUFFIX);
    const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
    try {
      const untilMs = validMs === undefined ? undefined : Date.now() + validMs;
      writeFileSync(temporary, frames.encode(untilMs), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, path);
      if (this.#saves++ % SAVES_BETWEEN === 0) makeRoom(this.#folder, path, this.#mostBytes);
    } catch {
      rmSync(temporary, { force: true });
    }
  }
}

/** Who may write to a folder chooses what is in it. @returns a sentence, or undefined: we alone */
export function whoElseWrites(folder: string): string | undefined {
  const { mode, uid } = lstatSync(folder);
  const isOurs = uid === process.geteuid?.() || uid === 0;
  return isOurs && (mode & 0o022) === 0 ? undefined : `${folder} can be written to by others`;
}
