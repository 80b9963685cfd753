// SPDX-License-Identifier: Apache-2.0

/** Numbers 1…max, given out again as late as possible: samples of the former file may be about. */
export class Slots {
  readonly #max: number;
  readonly #free: number[] = [];
  #next = 1;

  constructor(max: number) {
    this.#max = max;
  }

  /** @returns 0 when all are in use */
  take(): number {
    if (this.#next <= this.#max) return this.#next++;
    return this.#free.shift() ?? 0;
  }

  give(slot: number): void {
    this.#free.push(slot);
  }
}
