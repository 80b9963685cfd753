// SPDX-License-Identifier: Apache-2.0
// Frames on disk by the content of their file: symbol tables and debug information are read once for an
// address, also over restarts. The folder is ours alone (0700): what stands in it is told as the truth.
// An entry that is damaged in any way counts as absent, and is made anew.
import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { SourceFrame } from '../frames.ts';
import { SYMBOL_LIMITS } from '../limits.ts';
import { makeRoom } from './makeRoom.ts';

/** Changes when the same file gives other frames. */
const VERSION = 2;
const SUFFIX = '.frames';
const KEY = /^[0-9a-z-]{8,200}$/;
const HEX = 16;
const NONE = -1;
const FRAME_WORDS = 6;
/** Room is made at the first time, and then now and then: it looks at every entry. */
const SAVES_BETWEEN = 64;

export type KnownFrames = Map<number, readonly SourceFrame[]>;

/** What an entry holds behind its checksum. */
interface Entry {
  /** Date from which it counts as absent; null: none. */
  readonly untilMs: number | null;
  readonly strings: readonly string[];
  /**
   * Address, number of frames, and for each: name, the linker's name, file (-1 for none), line, column
   * (0 for none), and whether it is inlined.
   */
  readonly words: readonly number[];
}

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
      return problem ?? new FrameStore(own, mostBytes);
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
      return size > SYMBOL_LIMITS.storedFileBytes ? undefined : decode(readFileSync(path));
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
      const untilMs = validMs === undefined ? null : Date.now() + validMs;
      writeFileSync(temporary, encode(frames, untilMs), { mode: 0o600, flag: 'wx' });
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

function encode(frames: KnownFrames, untilMs: number | null): Buffer {
  const strings: string[] = [];
  const indexes = new Map<string, number>();
  const words: number[] = [];
  const indexOf = (text: string | undefined): number => {
    if (text === undefined) return NONE;
    let index = indexes.get(text);
    if (index === undefined) {
      index = strings.push(text) - 1;
      indexes.set(text, index);
    }
    return index;
  };
  for (const [vaddr, found] of frames) {
    words.push(vaddr, found.length);
    for (const { functionName, systemName, file, line, column, isInlined } of found) {
      words.push(indexOf(functionName), indexOf(systemName), indexOf(file));
      words.push(line ?? 0, column ?? 0, Number(isInlined));
    }
  }
  const body = Buffer.from(JSON.stringify({ untilMs, strings, words } satisfies Entry));
  return Buffer.concat([Buffer.from(`${crc32(body).toString(HEX)}\n`), body]);
}

/** Undefined for anything but what {@link encode} wrote, and for what is too old. */
function decode(bytes: Buffer): KnownFrames | undefined {
  const end = bytes.indexOf('\n');
  const body = bytes.subarray(end + 1);
  if (end < 0 || bytes.toString('latin1', 0, end) !== crc32(body).toString(HEX)) return undefined;
  const { untilMs, strings, words } = JSON.parse(body.toString()) as Entry;
  if (untilMs !== null && Date.now() >= untilMs) return undefined;
  const frames: KnownFrames = new Map();
  for (let at = 0; at < words.length; ) {
    const vaddr = words[at++]!;
    const count = words[at++]!;
    const found: SourceFrame[] = [];
    for (let i = 0; i < count; i++, at += FRAME_WORDS) found.push(frameOf(strings, words, at));
    frames.set(vaddr, found);
  }
  return frames;
}

function frameOf(strings: readonly string[], words: readonly number[], at: number): SourceFrame {
  const [systemName, file] = [strings[words[at + 1]!], strings[words[at + 2]!]];
  const [line, column] = [words[at + 3]!, words[at + 4]!];
  return {
    functionName: strings[words[at]!]!,
    ...(systemName !== undefined && { systemName }),
    ...(file !== undefined && { file }),
    ...(line > 0 && { line }),
    ...(column > 0 && { column }),
    isInlined: words[at + 5] === 1,
  };
}
