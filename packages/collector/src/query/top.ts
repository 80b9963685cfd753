// SPDX-License-Identifier: Apache-2.0
import type { Selection, Top } from '@otelkit/viewer/contract';
import { temporaryTable } from '../store/appendTable.ts';
import { readColumns } from '../store/readColumns.ts';
import type { TableSpec } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import { HOUR_US } from '../store/writtenHours.ts';
import { type Buckets, bucketsOf } from './buckets.ts';
import { FrameTableAnswer } from './frameTableAnswer.ts';
import { type FunctionWeights, functionWeights } from './functionWeights.ts';
import { rangedSamplesOf, rangeOf } from './range.ts';
import { keptStacks, stackWeights } from './weights.ts';

/** Of a normal distribution, both sides of 95 %. */
const TWO_SIDES_95 = 1.959964;

export interface TopQuestion {
  readonly selection: Selection;
  readonly base: Selection | undefined;
  readonly limit: number;
  readonly sort: 'self' | 'total' | 'change';
  /** Of each sparkline; 0 for none. */
  readonly buckets: number;
}

export async function topOf(store: Store, question: TopQuestion): Promise<Top> {
  const { selection, base, buckets } = question;
  const main = await stackWeights(store, selection);
  const other = base === undefined ? undefined : await stackWeights(store, base);
  const weights = functionWeights(store.tables, main);
  const before = other && functionWeights(store.tables, other);
  const chosen = choose(weights, before, question);
  const frames = new FrameTableAnswer(store.tables);
  const pick = (values: Float64Array): number[] => chosen.map((fn) => values[fn]!);
  const hasSpark = buckets > 0 && store.hasTimes && chosen.length > 0;
  return {
    frame: chosen.map((fn) => frames.numberOf(fn)),
    frames: frames.finish(),
    self: pick(weights.self),
    total: pick(weights.total),
    ...(before !== undefined && { baseSelf: pick(before.self), baseTotal: pick(before.total) }),
    selfError: chosen.map((fn) => TWO_SIDES_95 * Math.sqrt(weights.selfSquares[fn]!)),
    spark: hasSpark ? await sparks(store, selection, main.stacks, chosen, buckets) : [],
    totalWeight: main.totalWeight,
    ...(other !== undefined && { baseTotalWeight: other.totalWeight }),
  };
}

function choose(
  { self, total }: FunctionWeights,
  before: FunctionWeights | undefined,
  { limit, sort }: TopQuestion,
): number[] {
  const change = (fn: number): number => Math.abs(self[fn]! - (before?.self[fn] ?? 0));
  const key = (fn: number): number => (sort === 'change' ? change(fn) : 0);
  const main = sort === 'total' ? total : self;
  const found: number[] = [];
  for (let fn = 0; fn < total.length; fn++) {
    if (total[fn] !== 0 || (before?.total[fn] ?? 0) !== 0) found.push(fn);
  }
  found.sort((a, b) => key(b) - key(a) || main[b]! - main[a]! || total[b]! - total[a]! || a - b);
  return found.slice(0, limit);
}

/** Self weight over time, `buckets` values a function at most: long ones are of whole hours. */
async function sparks(
  store: Store,
  selection: Selection,
  stacks: Uint32Array,
  chosen: readonly number[],
  buckets: number,
): Promise<readonly number[]> {
  const filled = bucketsOf(rangeOf(store, selection), buckets, HOUR_US, HOUR_US / 2);
  const { count, isWhole } = filled;
  const ending = endingIn(store, stacks, chosen);
  const values = new Float64Array(chosen.length * count);
  const add = (row: number, bucket: number, weight: number): void => {
    values[row * count + Math.min(count - 1, bucket)]! += weight;
  };
  const parts = isWhole ? await keptStacks(store, selection) : undefined;
  if (parts === undefined) await addSamples(store, selection, filled, ending, add);
  else addHours(store, parts, filled, ending, add);
  return values as unknown as readonly number[];
}

type AddWeight = (row: number, bucket: number, weight: number) => void;

function addHours(
  { tables }: Store,
  parts: NonNullable<Awaited<ReturnType<typeof keptStacks>>>,
  { startUs, bucketUs }: Buckets,
  { numbers, rows }: Ending,
  add: AddWeight,
): void {
  const rowOf = new Int32Array(tables.stacks.count).fill(-1);
  for (const [i, stack] of numbers.entries()) rowOf[stack] = rows[i]!;
  for (const { fromUs, columns } of parts) {
    const bucket = Math.floor((fromUs - startUs) / bucketUs);
    const [stacks, weights] = columns;
    for (let i = 0; i < stacks.length; i++) {
      const row = rowOf[stacks[i]!] ?? -1;
      if (row >= 0) add(row, bucket, weights[i]!);
    }
  }
}

/** Only what ends in a chosen function is added up, by its row: few groups of few samples. */
async function addSamples(
  store: Store,
  selection: Selection,
  { startUs, bucketUs }: Buckets,
  { numbers, rows }: Ending,
  add: AddWeight,
): Promise<void> {
  const samples = rangedSamplesOf(store, selection);
  const sql = `SELECT ((time_us - ${startUs}) // ${bucketUs})::UINTEGER, e.row, sum(value)::DOUBLE
    FROM (SELECT * FROM ${samples}) JOIN ${ENDING.name} e USING (stack) GROUP BY ALL`;
  const [bucket, row, weights] = await store.read(async (connection) => {
    await temporaryTable(connection, ENDING, [numbers, rows], numbers.length);
    return readColumns(connection, sql, [Uint32Array, Uint32Array, Float64Array]);
  });
  for (let i = 0; i < bucket.length; i++) add(row[i]!, bucket[i]!, weights[i]!);
}

const ENDING: TableSpec = {
  name: 'ending',
  columns: [
    ['stack', 'u32'],
    ['row', 'u32'],
  ],
};

interface Ending {
  readonly numbers: readonly number[];
  readonly rows: readonly number[];
}

/** Stacks whose last function is a chosen one, and its place among them. */
function endingIn({ tables }: Store, stacks: Uint32Array, chosen: readonly number[]): Ending {
  const { functionOf, functionCount } = tables.frames;
  const { offsets, frames } = tables.stacks;
  const rowOf = new Int32Array(functionCount).fill(-1);
  for (const [row, fn] of chosen.entries()) rowOf[fn] = row;
  const numbers: number[] = [];
  const rows: number[] = [];
  for (const stack of stacks) {
    const first = offsets[stack]!;
    // A stack without frames ends in no function.
    if (stack + 1 >= offsets.length || first === offsets[stack + 1]) continue;
    const row = rowOf[functionOf[frames[first]!]!]!;
    if (row < 0) continue;
    numbers.push(stack);
    rows.push(row);
  }
  return { numbers, rows };
}
