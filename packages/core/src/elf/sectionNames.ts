// SPDX-License-Identifier: Apache-2.0
// Section names of one host repeat: a linker writes the same table for most of its files. Each
// different table is decoded once, and answers once what names can be in it.
import { isAscii } from 'node:buffer';
import type { ByteSource } from '../bytes/byteSource.ts';

/** Larger tables are those of object files with a section a function; they do not repeat. */
const LARGEST_BYTES = 4_096;
const REMEMBERED_TABLES = 256;

const remembered = new Map<string, SectionNames>();

/** A section name table whose names are plain ASCII. */
export class SectionNames {
  readonly #text: string;
  readonly #names = new Map<number, string | undefined>();
  readonly #answers = new Map<string | RegExp, boolean>();

  constructor(text: string) {
    this.#text = text;
  }

  /** The name at `index`; undefined outside the table, or where no zero byte ends it. */
  at(index: number): string | undefined {
    const known = this.#names.get(index);
    if (known !== undefined || this.#names.has(index)) return known;
    const end = index < this.#text.length ? this.#text.indexOf('\0', index) : -1;
    const name = end < 0 ? undefined : this.#text.slice(index, end);
    // Indexes outside are any number; those inside are as many as the table has bytes.
    if (end >= 0) this.#names.set(index, name);
    return name;
  }

  /** False when no section can have a name that is, or matches, this. Ask with constants only. */
  mayHold(wanted: string | RegExp): boolean {
    let answer = this.#answers.get(wanted);
    if (answer === undefined) {
      answer = typeof wanted === 'string' ? this.#text.includes(wanted) : wanted.test(this.#text);
      this.#answers.set(wanted, answer);
    }
    return answer;
  }
}

/** The names at this place; undefined for a table that is large, cut, or has other than ASCII. */
export function sectionNamesAt(
  source: ByteSource,
  fileOffset: number,
  sizeBytes: number,
): SectionNames | undefined {
  if (sizeBytes === 0 || sizeBytes > LARGEST_BYTES) return undefined;
  const bytes = source.read(fileOffset, sizeBytes);
  if (bytes.length < sizeBytes || !isAscii(bytes)) return undefined;
  const text = bytes.toString('latin1');
  let names = remembered.get(text);
  if (names === undefined) {
    names = new SectionNames(text);
    if (remembered.size < REMEMBERED_TABLES) remembered.set(text, names);
  }
  return names;
}
