// SPDX-License-Identifier: Apache-2.0

const INITIAL = 1_024;

/** Small whole numbers → index in a table of the batch; emptied in the time of what it held. */
export class IndexMap {
  #values: Int32Array = new Int32Array(INITIAL);
  #touched: number[] = [];

  /** 0 when unknown: element 0 of each table is the zero value, which no id stands for. */
  get(id: number): number {
    return id < this.#values.length ? this.#values[id]! : 0;
  }

  set(id: number, index: number): void {
    if (id >= this.#values.length) {
      const grown = new Int32Array(Math.max(id + 1, this.#values.length * 2));
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[id] = index;
    this.#touched.push(id);
  }

  clear(): void {
    for (const id of this.#touched) this.#values[id] = 0;
    this.#touched = [];
  }
}
