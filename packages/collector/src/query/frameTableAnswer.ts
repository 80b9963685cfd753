// SPDX-License-Identifier: Apache-2.0
import type { FrameTable } from '@otelkit/viewer/contract';
import type { StoreTables } from '../store/tables.ts';

/** The contract's table of the functions that an answer needs, numbered as they are asked for. */
export class FrameTableAnswer {
  readonly #tables: StoreTables;
  /** By function of the store, one more than its number here; 0 for none. */
  readonly #numbers: Uint32Array;
  readonly #strings: string[] = [''];
  readonly #stringAt = new Map<number, number>([[0, 0]]);
  readonly #columns = {
    name: [] as number[],
    kind: [] as number[],
    file: [] as number[],
    line: [] as number[],
    module: [] as number[],
    inlined: [] as number[],
  };

  constructor(tables: StoreTables) {
    this.#tables = tables;
    this.#numbers = new Uint32Array(tables.frames.functionCount);
  }

  /** @param fn of the store, -1 for none */
  numberOf(fn: number): number {
    if (fn < 0) return -1;
    const known = this.#numbers[fn]!;
    if (known > 0) return known - 1;
    const { functions } = this.#tables.frames;
    const columns = this.#columns;
    columns.name.push(this.#string(functions.name.view()[fn]!));
    columns.kind.push(this.#string(functions.kind.view()[fn]!));
    columns.file.push(this.#string(functions.file.view()[fn]!));
    columns.line.push(functions.line.view()[fn]!);
    columns.module.push(this.#string(functions.module.view()[fn]!));
    columns.inlined.push(functions.inlined.view()[fn]!);
    const number = columns.name.length - 1;
    this.#numbers[fn] = number + 1;
    return number;
  }

  finish(): FrameTable {
    return { strings: this.#strings, ...this.#columns };
  }

  #string(stored: number): number {
    let index = this.#stringAt.get(stored);
    if (index === undefined) {
      index = this.#strings.push(this.#tables.frames.strings.list[stored]!) - 1;
      this.#stringAt.set(stored, index);
    }
    return index;
  }
}
