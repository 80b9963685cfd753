// SPDX-License-Identifier: Apache-2.0
// Weights of stacks by the hour, kept in memory: a day is drawn from 24 sums instead of its millions
// of samples. An hour is summed up again once something was written into it.
import { setTimeout } from 'node:timers/promises';
import { COLLECTOR_LIMITS } from '../limits.ts';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';
import type { StackWeights } from './callTree.ts';

const HOUR_US = 3_600_000_000;
/** More hours than that are not waited for: a question is answered from the samples meanwhile. */
const MOST_AWAITED = 2;
/** The sums are made once the questions of a page that opens are answered. */
const FILL_AFTER_MS = 2_000;

interface HourSum extends StackWeights {
  /** Writes into the hour when it was summed up. */
  readonly version: number;
}

const ofStore = new WeakMap<Store, HourWeights>();

export function hourWeightsOf(store: Store): HourWeights {
  const known = ofStore.get(store) ?? new HourWeights(store);
  ofStore.set(store, known);
  return known;
}

export class HourWeights {
  readonly #store: Store;
  /** By types and hour. */
  readonly #sums = new Map<string, HourSum>();
  #entries = 0;
  #filling: Promise<void> | undefined;
  /** Of a question; fewer once it was seen that no more have room. */
  #mostHours: number = COLLECTOR_LIMITS.questionHours;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Adds up a range of one kind of samples without other conditions. Undefined where its hours are
   * not there yet; they are made in the background.
   * @param types condition of SQL
   * @param fromUs no earlier than the first sample. @param toUs no later than the last one
   */
  async weights(types: string, fromUs: number, toUs: number): Promise<StackWeights | undefined> {
    const first = Math.ceil(fromUs / HOUR_US);
    const end = Math.floor(toUs / HOUR_US);
    if (end - first < 2 || end - first > this.#mostHours) return undefined;
    const missing: number[] = [];
    for (let hour = first; hour < end; hour++) if (!this.#sumOf(types, hour)) missing.push(hour);
    if (missing.length > MOST_AWAITED) {
      this.#fill(types, missing);
      return undefined;
    }
    const parts: StackWeights[] = [];
    for (const [from, to] of edges(fromUs, toUs, first, end)) {
      parts.push(await this.#sum(types, from, to));
    }
    for (let hour = first; hour < end; hour++) {
      parts.push(this.#sumOf(types, hour) ?? (await this.#make(types, hour)));
    }
    return added(parts);
  }

  #sumOf(types: string, hour: number): HourSum | undefined {
    const sum = this.#sums.get(keyOf(types, hour));
    return sum?.version === this.#store.writes.of(hour * HOUR_US) ? sum : undefined;
  }

  async #make(types: string, hour: number): Promise<StackWeights> {
    const version = this.#store.writes.of(hour * HOUR_US);
    const sum = await this.#sum(types, hour * HOUR_US, (hour + 1) * HOUR_US);
    const key = keyOf(types, hour);
    this.#entries += sum.stacks.length - (this.#sums.get(key)?.stacks.length ?? 0);
    this.#sums.delete(key);
    this.#sums.set(key, { ...sum, version });
    for (const [other, { stacks }] of this.#sums) {
      if (this.#entries <= COLLECTOR_LIMITS.hourSums || other === key) break;
      this.#entries -= stacks.length;
      this.#sums.delete(other);
    }
    return sum;
  }

  async #sum(types: string, fromUs: number, toUs: number): Promise<StackWeights> {
    const sql = `SELECT stack, sum(value)::DOUBLE FROM sample_rows
      WHERE ${types} AND time_us >= ${fromUs} AND time_us < ${toUs} GROUP BY stack`;
    const [stacks, weights] = await this.#store.read((connection) =>
      readColumns(connection, sql, [Uint32Array, Float64Array]),
    );
    return { stacks, weights };
  }

  #fill(types: string, hours: readonly number[]): void {
    const make = async (): Promise<void> => {
      await setTimeout(FILL_AFTER_MS, undefined, { ref: false });
      // What is not done now is done when it is asked for: the store may be closed by then.
      for (const [made, hour] of hours.entries()) {
        await this.#make(types, hour);
        // Those for which others had to go would be made again and again.
        const isFull = !this.#sums.has(keyOf(types, hours[0]!));
        if (isFull) this.#mostHours = made;
        if (isFull || this.#store.isClosed) return;
      }
    };
    this.#filling ??= make()
      .catch(() => {})
      .finally(() => {
        this.#filling = undefined;
      });
  }
}

function keyOf(types: string, hour: number): string {
  return `${types} ${hour}`;
}

/** What lies before the first whole hour and behind the last one. */
function edges(fromUs: number, toUs: number, first: number, end: number): [number, number][] {
  const both: [number, number][] = [
    [fromUs, first * HOUR_US],
    [end * HOUR_US, toUs],
  ];
  return both.filter(([from, to]) => from < to);
}

function added(parts: readonly StackWeights[]): StackWeights {
  let most = 0;
  for (const { stacks } of parts) {
    for (let i = 0; i < stacks.length; i++) if (stacks[i]! >= most) most = stacks[i]! + 1;
  }
  const sums = new Float64Array(most);
  for (const { stacks, weights } of parts) {
    for (let i = 0; i < stacks.length; i++) sums[stacks[i]!]! += weights[i]!;
  }
  const found = new Uint32Array(most);
  let count = 0;
  for (let stack = 0; stack < most; stack++) if (sums[stack] !== 0) found[count++] = stack;
  const stacks = found.slice(0, count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) weights[i] = sums[stacks[i]!]!;
  return { stacks, weights };
}
