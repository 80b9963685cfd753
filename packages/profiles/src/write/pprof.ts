// SPDX-License-Identifier: Apache-2.0
// pprof: perftools.profiles.Profile (google/pprof, proto/profile.proto), compressed by gzip.

import { gzipSync } from 'node:zlib';
import { ProtoWriter } from '@otelkit/otlp';
import { aggregate } from '../model/aggregate.ts';
import type { Profile, ProfileKind } from '../model/profile.ts';
import { PprofTables, writePacked } from './pprofTables.ts';

const SAMPLE_TYPE = 1;
const SAMPLE = 2;
/** Of a Sample; all others are of the Profile. */
const LABEL = 3;
const TIME_NANOS = 9;
const DURATION_NANOS = 10;
const PERIOD_TYPE = 11;
const PERIOD = 12;
const COMMENT = 13;
const DEFAULT_SAMPLE_TYPE = 14;

export interface PprofOptions {
  /** Index of the kind that viewers show first. */
  readonly kind: number;
}

/** One value of each sample: a kind as it is, or times what one sample stands for. */
interface ValueColumn {
  readonly kind: number;
  readonly type: string;
  readonly unit: string;
  readonly factor: number;
}

/** The file's bytes. Samples that differ in their time only are one sample. */
export function writePprof(profile: Profile, options: PprofOptions): Buffer {
  const writer = new ProtoWriter(65_536);
  const tables = new PprofTables(profile);
  const rows = aggregate(profile, 'thread');
  const isUsed = rows.sums.map((sums) => sums.some((sum) => sum !== 0));
  const columns = profile.kinds.flatMap((kind, i) =>
    isUsed[i] || i === options.kind ? columnsOf(kind, i) : [],
  );
  for (const { type, unit } of columns) writeValueType(writer, tables, SAMPLE_TYPE, type, unit);
  const labelsOf = labelWriter(tables, profile);
  for (let row = 0; row < rows.count; row++) {
    const mark = writer.open(SAMPLE);
    const sample = rows.sample[row]!;
    writePacked(writer, 1, tables.locationsOf(profile.samples.stack[sample]!));
    const values = columns.map(({ kind, factor }) => Math.round(rows.sums[kind]![row]! * factor));
    writePacked(writer, 2, values);
    writer.raw(labelsOf(sample));
    writer.close(mark);
  }
  writeHeader(writer, tables, profile, options.kind, columns);
  tables.writeTo(writer);
  return gzipSync(writer.view());
}

function columnsOf(kind: ProfileKind, index: number): ValueColumn[] {
  const plain = { kind: index, type: kind.type, unit: kind.unit, factor: 1 };
  const { period = 0, periodType, periodUnit } = kind;
  if (periodType === undefined || periodUnit === undefined || !(period > 0)) return [plain];
  return [plain, { kind: index, type: periodType, unit: periodUnit, factor: period }];
}

function writeHeader(
  writer: ProtoWriter,
  tables: PprofTables,
  profile: Profile,
  kind: number,
  columns: readonly ValueColumn[],
): void {
  writer.int64Field(TIME_NANOS, profile.startNs);
  writer.int64Field(DURATION_NANOS, Math.round(profile.durationNs));
  const { period = 0, periodType, periodUnit } = profile.kinds[kind] ?? {};
  if (periodType !== undefined && periodUnit !== undefined) {
    writeValueType(writer, tables, PERIOD_TYPE, periodType, periodUnit);
    writer.int64Field(PERIOD, Math.round(period));
  }
  writePacked(
    writer,
    COMMENT,
    profile.comments.map((text) => tables.string(text)),
  );
  const shown = columns.findLast((column) => column.kind === kind);
  if (shown !== undefined) writer.uintField(DEFAULT_SAMPLE_TYPE, tables.string(shown.type));
}

function writeValueType(
  writer: ProtoWriter,
  tables: PprofTables,
  field: number,
  type: string,
  unit: string,
): void {
  const mark = writer.open(field);
  writer.uintField(1, tables.string(type));
  writer.uintField(2, tables.string(unit));
  writer.close(mark);
}

/** The labels of each thread as bytes: there are many samples, and few threads. */
function labelWriter(tables: PprofTables, profile: Profile): (sample: number) => Uint8Array {
  const { samples, strings, processes } = profile;
  const known = new Map<string, Uint8Array>();
  return (sample) => {
    const processIndex = samples.process[sample]!;
    const threadId = samples.threadId[sample]!;
    const threadName = samples.threadName[sample]!;
    const key = `${processIndex} ${threadId} ${threadName}`;
    let labels = known.get(key);
    if (labels !== undefined) return labels;
    const process = processes[processIndex];
    const writer = new ProtoWriter(128);
    writeTextLabel(writer, tables, 'comm', process?.name ?? '');
    writeTextLabel(writer, tables, 'thread', strings[threadName]!);
    writeTextLabel(writer, tables, 'container', process?.containerId ?? '');
    writeTextLabel(writer, tables, 'service', process?.serviceName ?? '');
    writeNumberLabel(writer, tables, 'pid', process?.pid ?? 0);
    writeNumberLabel(writer, tables, 'tid', threadId);
    labels = writer.finish();
    known.set(key, labels);
    return labels;
  };
}

function writeTextLabel(writer: ProtoWriter, tables: PprofTables, key: string, text: string): void {
  if (text === '') return;
  const mark = writer.open(LABEL);
  writer.uintField(1, tables.string(key));
  writer.uintField(2, tables.string(text));
  writer.close(mark);
}

function writeNumberLabel(
  writer: ProtoWriter,
  tables: PprofTables,
  key: string,
  number: number,
): void {
  if (number === 0) return;
  const mark = writer.open(LABEL);
  writer.uintField(1, tables.string(key));
  writer.uintField(3, number);
  writer.close(mark);
}
