// SPDX-License-Identifier: Apache-2.0
import { SYMBOL_LIMITS } from '../limits.ts';

const TAB = 0x09;
const OPENING = 0x5b;

/** Modules of kallsyms by number; 0 is the kernel itself. */
export class ModuleNumbers {
  readonly names: string[] = [''];
  readonly #numbers = new Map<string, number>();
  #last: Buffer = Buffer.alloc(0);
  #lastNumber = 0;

  /** Of what stands between the end of a symbol's name and that of its line: `\t[module]`. */
  numberOf(text: Buffer, from: number, end: number): number {
    if (text[from] !== TAB || text[from + 1] !== OPENING) return 0;
    const [first, last] = [from + 2, end - 1];
    // Symbols of one module stand together: mostly this is the same name again.
    if (this.#isLast(text, first, last)) return this.#lastNumber;
    const name = text.toString('latin1', first, last);
    let number = this.#numbers.get(name);
    if (number === undefined) {
      if (this.names.length >= SYMBOL_LIMITS.modules - 1) return 0;
      number = this.names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    this.#last = Buffer.from(text.subarray(first, last));
    this.#lastNumber = number;
    return number;
  }

  #isLast(text: Buffer, first: number, last: number): boolean {
    const known = this.#last;
    if (known.length !== last - first || known.length === 0) return false;
    for (let i = 0; i < known.length; i++) if (known[i] !== text[first + i]) return false;
    return true;
  }
}
