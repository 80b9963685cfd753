// SPDX-License-Identifier: Apache-2.0
// A choice of samples of the store as a profile in memory, which the writers of files take.
import {
  type FrameDescription,
  type Profile,
  ProfileBuilder,
  type ProfileKind,
  type SampleRow,
} from '@otelkit/profiles';
import type { Selection } from '@otelkit/viewer/contract';
import { COLLECTOR_LIMITS } from '../limits.ts';
import { chooseType, conditionOf } from '../query/selection.ts';
import type { Connection } from '../store/duckdb.ts';
import { StoreError } from '../store/duckdb.ts';
import type { FrameFacts } from '../store/frameKey.ts';
import { eachRow, frameFactsOf } from '../store/frameRows.ts';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';

export interface StoredProfileOptions {
  /** False: samples that differ in their time only become one. */
  readonly keepTimes: boolean;
}

/** @throws StoreError where there are more samples than fit in memory */
export async function storedProfile(
  store: Store,
  selection: Selection,
  { keepTimes }: StoredProfileOptions,
): Promise<Profile> {
  const where = conditionOf(selection, store.tables);
  const most = COLLECTOR_LIMITS.exportSamples;
  const group = keepTimes ? '' : 'GROUP BY ALL';
  const value = keepTimes ? 'value::DOUBLE' : 'sum(value)::DOUBLE';
  const time = keepTimes ? 'time_us::DOUBLE' : '0::DOUBLE';
  const sql = `SELECT ${time}, stack, process, thread, cpu::SMALLINT, labels, link, ${value}
    FROM sample_rows WHERE ${where} ${group} LIMIT ${most + 1}`;
  const columns = await store.read((connection) =>
    readColumns(connection, sql, [
      Float64Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Int16Array,
      Uint32Array,
      Uint32Array,
      Float64Array,
    ]),
  );
  const [, stack] = columns;
  if (stack.length > most) {
    const hint = 'choose a shorter range, or export to Parquet';
    throw new StoreError('QUERY', `more than ${most} samples`, hint);
  }
  const kind = kindOf(store, selection);
  const range = await timeRange(store, where);
  const builder = new ProfileBuilder([kind]);
  const stacks = await buildStacks(store, builder, stack);
  const links = await linksOf(store, builder, columns[6]);
  fill(store, builder, columns, { stacks, links, startUs: range.startUs, keepTimes, kind });
  const startNs = BigInt(Math.round(range.startUs)) * 1_000n;
  return builder.finish(startNs, (range.endUs - range.startUs) * 1_000);
}

type Columns = readonly [
  Float64Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Int16Array,
  Uint32Array,
  Uint32Array,
  Float64Array,
];

interface Context {
  /** Stack of the store → of the profile. */
  readonly stacks: ReadonlyMap<number, number>;
  readonly links: ReadonlyMap<number, number>;
  readonly startUs: number;
  readonly keepTimes: boolean;
  readonly kind: ProfileKind;
}

function fill(store: Store, builder: ProfileBuilder, columns: Columns, context: Context): void {
  const { origins } = store.tables;
  const [times, stack, process, thread, cpu, labels, link, values] = columns;
  const owners = new Map<number, number>();
  const factor = 1 / (context.kind.unit === 'count' ? (context.kind.period ?? 1) : 1);
  const row: SampleRow = {
    kind: 0,
    stack: 0,
    process: 0,
    threadId: 0,
    threadName: 0,
    value: 0,
    timeNs: Number.NaN,
    cpu: -1,
  };
  for (let i = 0; i < stack.length; i++) {
    const { tid = 0, name = '' } = origins.threads[thread[i]!] ?? {};
    row.stack = context.stacks.get(stack[i]!)!;
    row.process = ownerOf(store, builder, owners, process[i]!);
    row.threadId = tid;
    row.threadName = builder.string(name);
    row.value = values[i]! * factor;
    row.timeNs = context.keepTimes ? (times[i]! - context.startUs) * 1_000 : Number.NaN;
    row.cpu = cpu[i]!;
    row.labels = builder.labels(origins.labelSets[labels[i]!] ?? []);
    row.link = context.links.get(link[i]!) ?? 0;
    builder.sample(row);
  }
}

function ownerOf(
  store: Store,
  builder: ProfileBuilder,
  owners: Map<number, number>,
  number: number,
): number {
  const known = owners.get(number);
  if (known !== undefined) return known;
  const process = store.tables.origins.processes[number];
  const owner = builder.process({
    pid: process?.pid ?? 0,
    name: process?.name ?? '',
    executable: process?.executable ?? '',
    containerId: process?.container ?? '',
    serviceName: process?.service ?? '',
    attributes: JSON.parse(process?.attributes ?? '{}'),
  });
  owners.set(number, owner);
  return owner;
}

/** Types of several periods become time, which all of them are. */
function kindOf(store: Store, selection: Selection): ProfileKind {
  const chosen = chooseType(selection, store.tables);
  const type = store.tables.origins.types[chosen.numbers[0] ?? -1];
  if (type === undefined) return { type: 'samples', unit: 'count' };
  if (chosen.weightOfOne > 0) {
    const { periodType = '', periodUnit = '', period = 0 } = type;
    const isPeriod = period > 0 && chosen.weightOfOne === period;
    return {
      type: type.type,
      unit: type.unit,
      ...(isPeriod && { periodType, periodUnit, period }),
    };
  }
  return { type: type.type, unit: chosen.weightUnit };
}

async function timeRange(
  store: Store,
  where: string,
): Promise<{ readonly startUs: number; readonly endUs: number }> {
  const sql = `SELECT coalesce(min(time_us), 0)::DOUBLE, coalesce(max(time_us), 0)::DOUBLE
    FROM sample_rows WHERE ${where}`;
  const [start, end] = await store.read((connection) =>
    readColumns(connection, sql, [Float64Array, Float64Array]),
  );
  return { startUs: start[0]!, endUs: end[0]! };
}

/** Link of the store → of the profile. */
async function linksOf(
  store: Store,
  builder: ProfileBuilder,
  used: Uint32Array,
): Promise<Map<number, number>> {
  const numbers = new Map<number, number>();
  const wanted = new Set(used);
  wanted.delete(0);
  if (wanted.size === 0) return numbers;
  const sql = 'SELECT id, trace_id, span_id FROM link_rows';
  const rows = await store.read(async (connection) =>
    (await connection.runAndReadAll(sql)).getRows(),
  );
  for (const [id, traceId, spanId] of rows) {
    if (!wanted.has(Number(id))) continue;
    numbers.set(Number(id), builder.link(String(traceId), String(spanId)));
  }
  return numbers;
}

/** The stacks that are used, with their frames as the store has them. */
async function buildStacks(
  store: Store,
  builder: ProfileBuilder,
  used: Uint32Array,
): Promise<Map<number, number>> {
  const { stacks, frames: table } = store.tables;
  const isUsed = new Uint8Array(table.count);
  const distinct = new Set(used);
  for (const stack of distinct) {
    if (stack >= stacks.count) continue;
    for (let at = stacks.offsets[stack]!; at < stacks.offsets[stack + 1]!; at++) {
      isUsed[stacks.frames[at]!] = 1;
    }
  }
  const frames = await store.read((connection) => buildFrames(store, connection, builder, isUsed));
  const numbers = new Map<number, number>();
  for (const stack of distinct) {
    const has = stack < stacks.count;
    const list = has
      ? stacks.frames.subarray(stacks.offsets[stack], stacks.offsets[stack + 1])
      : new Uint32Array(0);
    numbers.set(stack, builder.stack(list.map((frame) => frames.get(frame) ?? 0)));
  }
  return numbers;
}

async function buildFrames(
  store: Store,
  connection: Connection,
  builder: ProfileBuilder,
  isUsed: Uint8Array,
): Promise<Map<number, number>> {
  const numbers = new Map<number, number>();
  const sql = 'SELECT * EXCLUDE (renamed) FROM frame_rows';
  await eachRow(connection, sql, (row) => {
    const number = Number(row[0]);
    if (isUsed[number] !== 1) return;
    numbers.set(number, builder.frame(describe(store, frameFactsOf(row))));
  });
  return numbers;
}

function describe(store: Store, frame: FrameFacts): FrameDescription {
  const { path, buildId, goBuildId, fileId } = store.tables.executables.get(frame.executable);
  const mapping = {
    fileName: path,
    buildIdGnu: buildId,
    buildIdGo: goBuildId,
    buildIdHtlhash: fileId,
  };
  return {
    kind: frame.kind,
    functionName: frame.functionName,
    systemName: frame.systemName,
    fileName: frame.file,
    line: frame.line,
    functionStartLine: frame.startLine,
    column: frame.column,
    mapping: frame.executable === 0 ? undefined : mapping,
    address: frame.address,
    inlined: frame.isInlined,
  };
}
