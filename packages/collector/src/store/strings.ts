// SPDX-License-Identifier: Apache-2.0
import { ByteStrings } from './byteStrings.ts';

/** Texts by small numbers; 0 is ''. */
export class Strings {
  readonly list: string[] = [''];
  readonly #at = new Map<string, number>([['', 0]]);
  readonly #byBytes = new ByteStrings();

  of(text: string): number {
    let index = this.#at.get(text);
    if (index === undefined) {
      index = this.list.push(text) - 1;
      this.#at.set(text, index);
    }
    return index;
  }

  /**
   * The number of a string by its UTF-8 bytes: one that was seen lately is found without making a
   * text of it, which would cost more than all else that is done with it.
   */
  ofBytes(bytes: Buffer, from: number, end: number): number {
    if (from === end) return 0;
    const known = this.#byBytes.find(bytes, from, end);
    if (known >= 0) return known;
    const number = this.of(bytes.toString('utf8', from, end));
    this.#byBytes.remember(bytes, from, end, number);
    return number;
  }

  /** -1 where it was never seen. */
  find(text: string): number {
    return this.#at.get(text) ?? -1;
  }
}
