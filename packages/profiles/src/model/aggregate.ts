// SPDX-License-Identifier: Apache-2.0
import type { Profile } from './profile.ts';

/** What of a sample keeps it apart from others with the same stack. */
export type Distinction = 'nothing' | 'process' | 'thread';

/** Samples that are equal but for their time, as one row each. */
export interface Rows {
  readonly count: number;
  /** A sample of each row, for its stack, process and thread. */
  readonly sample: Uint32Array;
  /** For each kind the sum of values of each row. */
  readonly sums: readonly Float64Array[];
}

const FACTOR = 67_108_864;

/** Adds up the samples of each stack (and process, and thread), in order of first appearance. */
export function aggregate(profile: Profile, by: Distinction): Rows {
  const { samples } = profile;
  const rowOf = new Uint32Array(samples.count);
  const first = new Uint32Array(samples.count);
  const owners = new PairTable();
  const threads = new PairTable();
  const rows = new PairTable();
  for (let i = 0; i < samples.count; i++) {
    let owner = by === 'nothing' ? 0 : samples.process[i]!;
    if (by === 'thread') {
      owner = threads.idOf(owners.idOf(owner, samples.threadId[i]!), samples.threadName[i]!);
    }
    const row = rows.idOf(owner, samples.stack[i]!);
    rowOf[i] = row;
    if (rows.isNew) first[row] = i;
  }
  const sums = profile.kinds.map(() => new Float64Array(rows.count));
  for (let i = 0; i < samples.count; i++) sums[samples.kind[i]!]![rowOf[i]!]! += samples.value[i]!;
  return { count: rows.count, sample: first.slice(0, rows.count), sums };
}

/** Numbers for pairs of numbers below 2^26. */
class PairTable {
  readonly #ids = new Map<number, number>();
  isNew = false;

  get count(): number {
    return this.#ids.size;
  }

  idOf(a: number, b: number): number {
    const key = a * FACTOR + b;
    const known = this.#ids.get(key);
    this.isNew = known === undefined;
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(key, id);
    return id;
  }
}
