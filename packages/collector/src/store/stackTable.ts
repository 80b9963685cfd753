// SPDX-License-Identifier: Apache-2.0
import { SequenceTable } from '@otelkit/profiles';
import { COLLECTOR_LIMITS } from '../limits.ts';
import { appendTable } from './appendTable.ts';
import type { Connection, DuckDb } from './duckdb.ts';
import type { FrameTable } from './frameTable.ts';
import { PendingTable } from './pendingTable.ts';
import { TABLES } from './schema.ts';

/** Of a stack without frames. */
export const NO_FRAME = 0xffff_ffff;
export const NO_KIND = 255;

/** Every stack that was received, once: frames by number, innermost first. */
export class StackTable {
  readonly pending: PendingTable = new PendingTable(TABLES.stacks);
  readonly #stacks = new SequenceTable(COLLECTOR_LIMITS.stacks);
  readonly #table: FrameTable;
  /** Stacks from here on are not written yet. */
  #written = 0;
  /** Stacks whose frames were too many to be kept. */
  lostCount = 0;

  constructor(frames: FrameTable) {
    this.#table = frames;
  }

  get count(): number {
    return this.#stacks.count;
  }

  /** Stack i is frames[offsets[i] … offsets[i + 1]); views, valid until the next stack comes. */
  get offsets(): Uint32Array {
    return this.#stacks.offsets.view();
  }

  get frames(): Uint32Array {
    return this.#stacks.elements.view();
  }

  /** The number of a stack; told to the store when it is new. */
  of(frames: Uint32Array): number {
    const stacks = this.#stacks;
    const isFull = stacks.elements.length + frames.length > COLLECTOR_LIMITS.stackElements;
    if (isFull) this.lostCount++;
    const kept = isFull ? frames.subarray(0, 0) : frames;
    const before = this.count;
    const number = stacks.of(kept);
    if (number < before) return number;
    const kinds = this.kindsOf(number);
    const leaf = kept[0] ?? NO_FRAME;
    const leafKind = kept.length === 0 ? NO_KIND : this.#table.kindOf(leaf);
    this.pending.push([number, kinds, leaf, leafKind]);
    return number;
  }

  /** Kinds of the frames of a stack, a bit each. */
  kindsOf(stack: number): number {
    const { offsets, elements } = this.#stacks;
    let kinds = 0;
    for (let at = offsets.at(stack); at < offsets.at(stack + 1); at++) {
      kinds |= this.#table.kindBit(elements.at(at));
    }
    return kinds >>> 0;
  }

  /** Takes a stack of the store under its number; numbers without a stack are left empty. */
  load(number: number, frames: Uint32Array): void {
    while (this.count < number) this.#stacks.add([]);
    this.#stacks.add(frames);
  }

  /** Lets go of those that no sample has. @returns which */
  retain(isKept: (number: number) => boolean): Uint32Array {
    return this.#stacks.retain(isKept);
  }

  /** What was loaded is in the store already. */
  markWritten(): void {
    this.#written = this.count;
  }

  /** Frames of new stacks; call the result to write them. */
  take(): (duckdb: DuckDb, connection: Connection) => Promise<void> {
    const { offsets } = this;
    const [from, to] = [this.#written, this.count];
    const first = offsets[from]!;
    const count = offsets[to]! - first;
    const stack = new Uint32Array(count);
    const position = new Uint16Array(count);
    for (let i = from; i < to; i++) {
      for (let at = offsets[i]!; at < offsets[i + 1]!; at++) {
        stack[at - first] = i;
        position[at - first] = at - offsets[i]!;
      }
    }
    const frames = this.frames.slice(first, first + count);
    this.#written = to;
    return (duckdb, connection) =>
      appendTable(duckdb, connection, TABLES.stackFrames, [stack, position, frames], count);
  }
}
