// SPDX-License-Identifier: Apache-2.0
// opentelemetry.proto.profiles.v1development: Profile and Sample.
import { type ProtoWriter, WIRE_BYTES } from '../wire/protoWriter.ts';
import type { Dictionary } from './dictionary.ts';
import type { BatchTime, ProfileKind, ProfileSource } from './frame.ts';
import {
  ROW,
  ROW_CPU,
  ROW_KIND,
  ROW_LABELS,
  ROW_LINK,
  ROW_NAME,
  ROW_STACK,
  ROW_THREAD,
} from './identityTable.ts';
import { IndexMap } from './indexMap.ts';
import type { GroupedSamples, SampleColumns } from './sampleColumns.ts';

const TWO_32 = 4_294_967_296;
/** Timestamps of one Sample; more become a second one, so that requests can be cut in between. */
const MOST_TIMESTAMPS = 16_384;

/** Writes the samples of one batch. */
export class SampleWriter {
  readonly #columns: SampleColumns;
  readonly #grouped: GroupedSamples;
  readonly #dictionary: Dictionary;
  readonly #source: ProfileSource;
  readonly #kinds: readonly ProfileKind[];
  readonly #hasValues: boolean[];
  readonly #originHigh: number;
  readonly #originLow: number;
  readonly #startNs: bigint;
  readonly #durationNs: bigint;
  readonly #threadAttribute = new Map<number, number>();
  readonly #nameAttribute = new IndexMap();
  readonly #cpuAttribute = new IndexMap();
  readonly #labelAttributes = new Map<number, readonly number[]>();
  #count = 0;
  /** Samples of the current identity that earlier calls wrote. */
  #written = 0;

  constructor(
    columns: SampleColumns,
    grouped: GroupedSamples,
    dictionary: Dictionary,
    source: ProfileSource,
    kinds: readonly ProfileKind[],
    timeOriginNs: bigint,
    time: BatchTime | undefined,
  ) {
    this.#columns = columns;
    this.#grouped = grouped;
    this.#dictionary = dictionary;
    this.#source = source;
    this.#kinds = kinds;
    this.#hasValues = kindsWithValues(columns, kinds);
    this.#originHigh = Number(BigInt.asUintN(32, timeOriginNs >> 32n));
    this.#originLow = Number(BigInt.asUintN(32, timeOriginNs));
    const [first, last] = timeRange(columns);
    const sampledFrom = timeOriginNs + BigInt(Math.floor(first));
    const sampledTo = timeOriginNs + BigInt(Math.floor(last)) + 1n;
    this.#startNs = time !== undefined && time.startNs < sampledFrom ? time.startNs : sampledFrom;
    const endNs = time !== undefined && time.endNs > sampledTo ? time.endNs : sampledTo;
    this.#durationNs = endNs - this.#startNs;
  }

  /** Events written since the last call. */
  takeCount(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }

  /** Indices belong to one request's dictionary. */
  forgetIndices(): void {
    this.#threadAttribute.clear();
    this.#nameAttribute.clear();
    this.#cpuAttribute.clear();
    this.#labelAttributes.clear();
  }

  /** Everything of a Profile but its samples. */
  beginProfile(body: ProtoWriter, kindIndex: number): void {
    const kind = this.#kinds[kindIndex]!;
    this.#writeValueType(body, 1, kind.type, kind.unit);
    body.fixed64Field(3, this.#startNs);
    body.int64Field(4, this.#durationNs);
    if (kind.periodType !== undefined)
      this.#writeValueType(body, 5, kind.periodType, kind.periodUnit ?? '');
    body.int64Field(6, kind.period ?? 0);
  }

  #writeValueType(body: ProtoWriter, field: number, type: string, unit: string): void {
    const mark = body.open(field);
    body.uintField(1, this.#dictionary.string(type));
    body.uintField(2, this.#dictionary.string(unit));
    body.close(mark);
  }

  /** Writes samples of one identity. @returns whether they were the last ones of it. */
  write(body: ProtoWriter, identity: number): boolean {
    const from = this.#grouped.start[identity]! + this.#written;
    const end = this.#grouped.start[identity + 1]!;
    const to = Math.min(end, from + MOST_TIMESTAMPS);
    const row = identity * ROW;
    const rows = this.#columns.identities.rows;
    const stack = this.#dictionary.stack(rows[row + ROW_STACK]!);
    const mark = body.open(2);
    body.uintField(1, stack);
    this.#writeAttributes(body, rows, row);
    body.uintField(3, this.#dictionary.link(rows[row + ROW_LINK]!));
    if (this.#hasValues[rows[row + ROW_KIND]!]) this.#writeValues(body, from, to);
    this.#writeTimestamps(body, from, to);
    body.close(mark);
    this.#count += to - from;
    this.#written = to === end ? 0 : this.#written + to - from;
    return to === end;
  }

  #writeAttributes(body: ProtoWriter, rows: Int32Array, row: number): void {
    const thread = this.#thread(rows[row + ROW_THREAD]!);
    const name = this.#name(rows[row + ROW_NAME]!);
    const cpu = this.#cpu(rows[row + ROW_CPU]!);
    const labelsId = rows[row + ROW_LABELS]!;
    const mark = body.open(2);
    body.varint(thread);
    if (name !== 0) body.varint(name);
    if (cpu !== 0) body.varint(cpu);
    if (labelsId !== 0) for (const index of this.#labels(labelsId)) body.varint(index);
    body.close(mark);
  }

  #thread(threadId: number): number {
    let index = this.#threadAttribute.get(threadId);
    if (index === undefined) {
      index = this.#dictionary.attribute('thread.id', threadId);
      this.#threadAttribute.set(threadId, index);
    }
    return index;
  }

  #name(nameId: number): number {
    if (nameId === 0) return 0;
    const known = this.#nameAttribute.get(nameId);
    if (known !== 0) return known;
    const index = this.#dictionary.attribute('thread.name', this.#source.name(nameId));
    this.#nameAttribute.set(nameId, index);
    return index;
  }

  #cpu(cpu: number): number {
    if (cpu < 0) return 0;
    const known = this.#cpuAttribute.get(cpu);
    if (known !== 0) return known;
    const index = this.#dictionary.attribute('cpu.logical_number', cpu);
    this.#cpuAttribute.set(cpu, index);
    return index;
  }

  #labels(labelsId: number): readonly number[] {
    const known = this.#labelAttributes.get(labelsId);
    if (known !== undefined) return known;
    const labels = this.#source.labels?.(labelsId) ?? {};
    const indices = Object.entries(labels).map(([k, v]) => this.#dictionary.attribute(k, v));
    this.#labelAttributes.set(labelsId, indices);
    return indices;
  }

  #writeValues(body: ProtoWriter, from: number, to: number): void {
    const mark = body.open(4);
    for (let i = from; i < to; i++)
      body.varint64(Math.round(this.#columns.value[this.#grouped.order[i]!]!));
    body.close(mark);
  }

  #writeTimestamps(body: ProtoWriter, from: number, to: number): void {
    if (from === to) return;
    body.tag(5, WIRE_BYTES);
    body.varint((to - from) * 8);
    for (let i = from; i < to; i++) {
      const timeNs = Math.floor(this.#columns.timeNs[this.#grouped.order[i]!]!);
      const high = Math.floor(timeNs / TWO_32);
      const low = this.#originLow + (timeNs - high * TWO_32);
      const carry = low >= TWO_32 ? 1 : 0;
      body.fixed64((this.#originHigh + high + carry) >>> 0, low >>> 0);
    }
  }
}

/** By kind: whether its samples carry values. All samples of a Profile have the same shape. */
function kindsWithValues(columns: SampleColumns, kinds: readonly ProfileKind[]): boolean[] {
  const hasValues = kinds.map((kind) => kind.hasValues);
  const { rows } = columns.identities;
  for (let i = 0; i < columns.count; i++) {
    if (columns.value[i] !== 1) hasValues[rows[columns.identity[i]! * ROW + ROW_KIND]!] = true;
  }
  return hasValues;
}

function timeRange(columns: SampleColumns): [number, number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < columns.count; i++) {
    const time = columns.timeNs[i]!;
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return [first, last];
}
