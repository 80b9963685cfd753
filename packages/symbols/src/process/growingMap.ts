// SPDX-License-Identifier: Apache-2.0
// A perf map that a program writes on: only what is new is read and sorted. The parts that were read
// are joined as in a log-structured store, so that each entry is sorted a few times only.
import { fstatSync, readSync } from 'node:fs';
import { SYMBOL_LIMITS } from '../limits.ts';
import { type PerfMap, parsePerfMap } from './perfMap.ts';

const NEWLINE = 0x0a;
/** The end of what was read: if the file has something else there, it was written anew. */
const TAIL_BYTES = 64;

interface Part {
  readonly text: Buffer;
  readonly map: PerfMap;
}

/** The entries of one open file. */
export class GrowingMap {
  readonly #fd: number;
  /** In the order of the file. */
  #parts: Part[] = [];
  #readBytes = 0;
  #tail: Buffer = Buffer.alloc(0);

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Memory it holds, about. */
  get sizeBytes(): number {
    return this.#parts.reduce((sum, { map }) => sum + map.sizeBytes, 0);
  }

  get entryCount(): number {
    return this.#parts.reduce((sum, { map }) => sum + map.entryCount, 0);
  }

  /** The last entry that holds the address. */
  nameAt(address: number): string | undefined {
    for (let i = this.#parts.length - 1; i >= 0; i--) {
      const name = this.#parts[i]!.map.nameAt(address);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  /**
   * Reads what has been written since.
   * @returns whether there are new entries, or no more room for any
   * @throws NodeJS.ErrnoException
   */
  read(): 'more' | 'nothing new' | 'full' {
    const { size } = fstatSync(this.#fd);
    if (size < this.#readBytes || !this.#isTailThere()) this.#forget();
    const most = SYMBOL_LIMITS.perfMapBytes - this.#readBytes;
    const isFull = most <= 0 || this.entryCount >= SYMBOL_LIMITS.perfMapEntries;
    if (isFull) return size > this.#readBytes ? 'full' : 'nothing new';
    const bytes = Buffer.alloc(Math.min(size - this.#readBytes, most));
    const text = bytes.subarray(0, readSync(this.#fd, bytes, 0, bytes.length, this.#readBytes));
    // A line that is being written is read when it is whole.
    const end = text.lastIndexOf(NEWLINE) + 1;
    if (end === 0) return 'nothing new';
    this.#append(text.subarray(0, end));
    return 'more';
  }

  #append(text: Buffer): void {
    this.#readBytes += text.length;
    this.#tail = Buffer.from(text.subarray(-TAIL_BYTES));
    let joined = text;
    for (let last = this.#parts.at(-1); last !== undefined; last = this.#parts.at(-1)) {
      if (last.text.length > 2 * joined.length) break;
      joined = Buffer.concat([last.text, joined]);
      this.#parts.pop();
    }
    this.#parts.push({ text: joined, map: parsePerfMap(joined) });
  }

  #isTailThere(): boolean {
    const now = Buffer.alloc(this.#tail.length);
    if (now.length === 0) return true;
    readSync(this.#fd, now, 0, now.length, this.#readBytes - now.length);
    return now.equals(this.#tail);
  }

  #forget(): void {
    this.#parts = [];
    this.#readBytes = 0;
    this.#tail = Buffer.alloc(0);
  }
}
