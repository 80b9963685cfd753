// SPDX-License-Identifier: Apache-2.0

/** Texts by small numbers; 0 is ''. */
export class Strings {
  readonly list: string[] = [''];
  readonly #at = new Map<string, number>([['', 0]]);

  of(text: string): number {
    let index = this.#at.get(text);
    if (index === undefined) {
      index = this.list.push(text) - 1;
      this.#at.set(text, index);
    }
    return index;
  }

  /** -1 where it was never seen. */
  find(text: string): number {
    return this.#at.get(text) ?? -1;
  }
}
