// SPDX-License-Identifier: Apache-2.0
// Sums by the hour, kept in memory: a day is drawn from 24 of them instead of its millions of samples.
// An hour is summed up again once something was written into it.
import { setTimeout } from 'node:timers/promises';
import type { Selection } from '@otelkit/viewer/contract';
import { COLLECTOR_LIMITS } from '../limits.ts';
import type { Connection } from '../store/duckdb.ts';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';
import { HOUR_US } from '../store/writtenHours.ts';
import { dataRangeOf, type UsRange } from './range.ts';
import { conditionOf } from './selection.ts';

export const MINUTE_US = 60_000_000;
/** More hours than that are not waited for: a question is answered from the samples meanwhile. */
const MOST_AWAITED = 2;
/** The sums are made once the questions of a page that opens are answered. */
const FILL_AFTER_MS = 2_000;

/** What samples add up to: columns of numbers, the last one of weights. */
export interface Sum<T extends readonly ArrayBufferView[]> {
  readonly name: string;
  /** @param samples what follows FROM */
  read(connection: Connection, samples: string): Promise<T>;
}

/** Stack, weight. */
export const STACK_SUM: Sum<readonly [Uint32Array, Float64Array]> = {
  name: 'stack',
  read: (connection, samples) =>
    readColumns(connection, `SELECT stack, sum(value)::DOUBLE FROM ${samples} GROUP BY stack`, [
      Uint32Array,
      Float64Array,
    ]),
};

export type OriginColumns = readonly [
  Uint32Array,
  Uint32Array,
  Int16Array,
  Uint32Array,
  Float64Array,
];

/** Process, thread, CPU, set of labels, weight. */
export const ORIGIN_SUM: Sum<OriginColumns> = {
  name: 'origin',
  read: (connection, samples) =>
    readColumns(
      connection,
      `SELECT process, thread, cpu, labels, sum(value)::DOUBLE FROM ${samples}
        GROUP BY ALL`,
      [Uint32Array, Uint32Array, Int16Array, Uint32Array, Float64Array],
    ),
};

/** Minute since 1970, process, kind of the innermost frame, weight. */
export const MINUTE_SUM: Sum<readonly [Int32Array, Uint32Array, Uint8Array, Float64Array]> = {
  name: 'minute',
  read: (connection, samples) =>
    readColumns(
      connection,
      `SELECT floor(time_us / ${MINUTE_US})::INTEGER, process, k.leaf_kind, sum(value)::DOUBLE
        FROM (SELECT * FROM ${samples}) JOIN stack_rows k ON k.id = stack GROUP BY ALL`,
      [Int32Array, Uint32Array, Uint8Array, Float64Array],
    ),
};

const ALL: readonly Sum<readonly ArrayBufferView[]>[] = [STACK_SUM, ORIGIN_SUM, MINUTE_SUM];

export interface Part<T> {
  /** Of the earliest sample that it may hold. */
  readonly fromUs: number;
  readonly columns: T;
}

interface Kept {
  /** Writes into the hour when it was summed up. */
  readonly version: number;
  readonly columns: readonly ArrayBufferView[];
}

const ofStore = new WeakMap<Store, HourSums>();

export function hourSumsOf(store: Store): HourSums {
  const known = ofStore.get(store) ?? new HourSums(store);
  ofStore.set(store, known);
  return known;
}

/** {@link HourSums.parts} of a choice's time and type; what else it asks for is the caller's. */
export function keptSums<T extends readonly ArrayBufferView[]>(
  store: Store,
  sum: Sum<T>,
  selection: Selection,
): Promise<readonly Part<T>[] | undefined> {
  const { type } = selection;
  const types = conditionOf(type === undefined ? {} : { type }, store.tables);
  return hourSumsOf(store).parts(sum, types, dataRangeOf(store, selection));
}

export class HourSums {
  readonly #store: Store;
  /** By name, types and hour. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;
  #filling: Promise<void> | undefined;
  /** Of a question; fewer once it was seen that no more have room. */
  #mostHours: number = COLLECTOR_LIMITS.questionHours;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Sums that together are those of a range. Undefined where it is short, or its hours are not there
   * yet; they are made in the background.
   * @param types condition of SQL
   * @param range no longer than there are samples
   */
  async parts<T extends readonly ArrayBufferView[]>(
    sum: Sum<T>,
    types: string,
    { fromUs, toUs }: UsRange,
  ): Promise<readonly Part<T>[] | undefined> {
    const first = Math.ceil(fromUs / HOUR_US);
    const end = Math.floor(toUs / HOUR_US);
    if (end - first < 2 || end - first > this.#mostHours) return undefined;
    const missing: number[] = [];
    for (let hour = first; hour < end; hour++) {
      if (!this.#get(sum, types, hour)) missing.push(hour);
    }
    if (missing.length > MOST_AWAITED) {
      this.#fill(types, missing);
      return undefined;
    }
    const parts: Part<T>[] = [];
    for (const [from, to] of edges(fromUs, toUs, first, end)) {
      parts.push({ fromUs: from, columns: await this.#read(sum, types, from, to) });
    }
    for (let hour = first; hour < end; hour++) {
      const columns = this.#get(sum, types, hour) ?? (await this.#make(sum, types, hour));
      parts.push({ fromUs: hour * HOUR_US, columns });
    }
    return parts;
  }

  /** Makes all that is missing, in the background. */
  prepare(types: string): void {
    const { firstUs, endUs } = this.#store.writes;
    const first = Math.ceil(firstUs / HOUR_US);
    const count = Math.floor(endUs / HOUR_US) - first;
    if (count < 2 || count > this.#mostHours) return;
    this.#fill(
      types,
      Array.from({ length: count }, (_, i) => first + i),
    );
  }

  #get<T extends readonly ArrayBufferView[]>(
    { name }: Sum<T>,
    types: string,
    hour: number,
  ): T | undefined {
    const kept = this.#kept.get(keyOf(name, types, hour));
    const isCurrent = kept?.version === this.#store.writes.of(hour * HOUR_US);
    return isCurrent ? (kept!.columns as T) : undefined;
  }

  async #make<T extends readonly ArrayBufferView[]>(
    sum: Sum<T>,
    types: string,
    hour: number,
  ): Promise<T> {
    const version = this.#store.writes.of(hour * HOUR_US);
    const columns = await this.#read(sum, types, hour * HOUR_US, (hour + 1) * HOUR_US);
    const key = keyOf(sum.name, types, hour);
    this.#drop(key);
    this.#kept.set(key, { columns, version });
    this.#bytes += bytesOf(columns);
    for (const other of this.#kept.keys()) {
      if (this.#bytes <= COLLECTOR_LIMITS.hourSumBytes || other === key) break;
      this.#drop(other);
    }
    return columns;
  }

  #drop(key: string): void {
    this.#bytes -= bytesOf(this.#kept.get(key)?.columns ?? []);
    this.#kept.delete(key);
  }

  #read<T extends readonly ArrayBufferView[]>(
    sum: Sum<T>,
    types: string,
    fromUs: number,
    toUs: number,
  ): Promise<T> {
    const where = `${types} AND time_us >= ${fromUs} AND time_us < ${toUs}`;
    return this.#store.read((connection) => sum.read(connection, `sample_rows WHERE ${where}`));
  }

  #fill(types: string, hours: readonly number[]): void {
    // What is not done at the end is done when it is asked for: the store may be closed by then.
    this.#filling ??= this.#fillAll(types, hours)
      .catch(() => {})
      .finally(() => {
        this.#filling = undefined;
      });
  }

  async #fillAll(types: string, hours: readonly number[]): Promise<void> {
    await setTimeout(FILL_AFTER_MS, undefined, { ref: false });
    for (const [made, hour] of hours.entries()) {
      for (const sum of ALL) {
        if (this.#store.isClosed) return;
        if (!this.#get(sum, types, hour)) await this.#make(sum, types, hour);
      }
      // Those for which others had to go would be made again and again.
      const isFull = !this.#kept.has(keyOf(ALL[0]!.name, types, hours[0]!));
      if (isFull) this.#mostHours = made;
      if (isFull) return;
    }
  }
}

function keyOf(name: string, types: string, hour: number): string {
  return `${name} ${types} ${hour}`;
}

function bytesOf(columns: readonly ArrayBufferView[]): number {
  return columns.reduce((bytes, { byteLength }) => bytes + byteLength, 0);
}

/** What lies before the first whole hour and behind the last one. */
function edges(fromUs: number, toUs: number, first: number, end: number): [number, number][] {
  const both: [number, number][] = [
    [fromUs, first * HOUR_US],
    [end * HOUR_US, toUs],
  ];
  return both.filter(([from, to]) => from < to);
}
