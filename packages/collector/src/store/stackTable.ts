// SPDX-License-Identifier: Apache-2.0
import { uints } from '@otelkit/profiles';
import { COLLECTOR_LIMITS } from '../limits.ts';
import { appendTable } from './appendTable.ts';
import type { Connection, DuckDb } from './duckdb.ts';
import type { FrameTable } from './frameTable.ts';
import { IdentityTable, identityOf } from './identityTable.ts';
import { PendingTable } from './pendingTable.ts';
import { TABLES } from './schema.ts';

/** Of a stack without frames. */
export const NO_FRAME = 0xffff_ffff;
export const NO_KIND = 255;

/** Every stack that was received, once: frames by number, innermost first. */
export class StackTable {
  readonly pending: PendingTable = new PendingTable(TABLES.stacks);
  #offsets = uints();
  #frames = uints();
  readonly #identities = new IdentityTable();
  readonly #table: FrameTable;
  /** Stacks from here on are not written yet. */
  #written = 0;
  /** Stacks whose frames were too many to be kept. */
  lostCount = 0;

  constructor(frames: FrameTable) {
    this.#table = frames;
    this.#offsets.push(0);
  }

  get count(): number {
    return this.#offsets.length - 1;
  }

  /** Stack i is frames[offsets[i] … offsets[i + 1]); views, valid until the next stack comes. */
  get offsets(): Uint32Array {
    return this.#offsets.view();
  }

  get frames(): Uint32Array {
    return this.#frames.view();
  }

  of(frames: Uint32Array): number {
    const identity = identityOf(
      new Uint8Array(frames.buffer, frames.byteOffset, frames.byteLength),
    );
    const known = this.#identities.get(identity);
    if (known >= 0) return known;
    if (this.#identities.size >= COLLECTOR_LIMITS.stacks) this.#identities.clear();
    let kept = frames;
    if (this.#frames.length + frames.length > COLLECTOR_LIMITS.stackElements) {
      this.lostCount++;
      kept = frames.subarray(0, 0);
    }
    const number = this.load(this.count, kept, identity);
    let kinds = 0;
    for (const frame of kept) kinds |= this.#table.kindBit(frame);
    this.pending.push([
      number,
      kinds >>> 0,
      kept[0] ?? NO_FRAME,
      kept.length === 0 ? NO_KIND : this.#table.kindOf(kept[0]!),
      identity.readBigUInt64LE(0),
      identity.readBigUInt64LE(8),
    ]);
    return number;
  }

  load(number: number, frames: Uint32Array, identity: Buffer): number {
    while (this.count < number) this.#offsets.push(this.#frames.length);
    for (let i = 0; i < frames.length; i++) this.#frames.push(frames[i]!);
    this.#offsets.push(this.#frames.length);
    this.#identities.set(identity, number);
    return number;
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
