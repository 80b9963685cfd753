// SPDX-License-Identifier: Apache-2.0
// Frames on disk by build ID: debug information is read once for an address, also over restarts. The
// folder is ours alone (0700): what stands in it is told as the truth. An entry that is damaged in
// any way counts as absent, and is made anew.
import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeRoom } from '../files/makeRoom.ts';
import { SYMBOL_LIMITS } from '../limits.ts';
import type { DwarfFrame } from './dwarfInstance.ts';

/** Changes when the same debug information gives other frames. */
const VERSION = 1;
const SUFFIX = '.frames';
const KEY = /^[0-9a-f]{8,128}$/;
const HEX = 16;

export type KnownFrames = Map<number, readonly DwarfFrame[]>;

/** What an entry holds behind its checksum. */
interface Entry {
  readonly strings: readonly string[];
  /** Address, number of frames, and for each: name, file, line, column. */
  readonly words: readonly number[];
}

/** See the file's head. */
export class FrameStore {
  readonly #folder: string;
  readonly #mostBytes: number;

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

  /** Writes them as a whole or not at all, and makes room. What cannot be written is not kept. */
  save(key: string, frames: KnownFrames): void {
    if (!KEY.test(key)) return;
    const path = join(this.#folder, key + SUFFIX);
    const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
    try {
      writeFileSync(temporary, encode(frames), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, path);
      makeRoom(this.#folder, path, this.#mostBytes);
    } catch {
      rmSync(temporary, { force: true });
    }
  }
}

/** Who may write to a folder chooses what is in it. */
function whoElseWrites(folder: string): string | undefined {
  const { mode, uid } = lstatSync(folder);
  const isOurs = uid === process.geteuid?.() || uid === 0;
  return isOurs && (mode & 0o022) === 0 ? undefined : `${folder} can be written to by others`;
}

function encode(frames: KnownFrames): Buffer {
  const strings: string[] = [];
  const indexes = new Map<string, number>();
  const words: number[] = [];
  const indexOf = (text: string): number => {
    let index = indexes.get(text);
    if (index === undefined) {
      index = strings.push(text) - 1;
      indexes.set(text, index);
    }
    return index;
  };
  for (const [vaddr, found] of frames) {
    words.push(vaddr, found.length);
    for (const { name, file, line, column } of found) {
      words.push(indexOf(name), indexOf(file), line, column);
    }
  }
  const body = Buffer.from(JSON.stringify({ strings, words } satisfies Entry));
  return Buffer.concat([Buffer.from(`${crc32(body).toString(HEX)}\n`), body]);
}

/** Undefined for anything but what {@link encode} wrote. */
function decode(bytes: Buffer): KnownFrames | undefined {
  const end = bytes.indexOf('\n');
  const body = bytes.subarray(end + 1);
  if (end < 0 || bytes.toString('latin1', 0, end) !== crc32(body).toString(HEX)) return undefined;
  const { strings, words } = JSON.parse(body.toString()) as Entry;
  const frames: KnownFrames = new Map();
  for (let at = 0; at < words.length; ) {
    const vaddr = words[at++]!;
    const count = words[at++]!;
    const found: DwarfFrame[] = [];
    for (let i = 0; i < count; i++, at += 4) {
      found.push({
        name: strings[words[at]!]!,
        file: strings[words[at + 1]!]!,
        line: words[at + 2]!,
        column: words[at + 3]!,
      });
    }
    frames.set(vaddr, found);
  }
  return frames;
}
