// SPDX-License-Identifier: Apache-2.0

const FIRST_ELEMENTS = 256;

type Column = Uint8Array | Uint32Array | Int32Array | Float64Array;

/** A typed array that grows as elements are added. */
export class GrowingColumn<T extends Column> {
  #elements: T;
  readonly #make: (length: number) => T;
  length = 0;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#elements = make(FIRST_ELEMENTS);
  }

  push(value: number): void {
    if (this.length === this.#elements.length) {
      const larger = this.#make(2 * this.length);
      larger.set(this.#elements);
      this.#elements = larger;
    }
    this.#elements[this.length++] = value;
  }

  /** @param index below `length` */
  at(index: number): number {
    return this.#elements[index]!;
  }

  /** What was added, as a view. */
  view(): T {
    return this.#elements.subarray(0, this.length) as T;
  }
}

export const bytes = (): GrowingColumn<Uint8Array> => new GrowingColumn((n) => new Uint8Array(n));
export const uints = (): GrowingColumn<Uint32Array> => new GrowingColumn((n) => new Uint32Array(n));
export const ints = (): GrowingColumn<Int32Array> => new GrowingColumn((n) => new Int32Array(n));
export const doubles = (): GrowingColumn<Float64Array> =>
  new GrowingColumn((n) => new Float64Array(n));
