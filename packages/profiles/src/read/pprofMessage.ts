// SPDX-License-Identifier: Apache-2.0
// The message of a pprof file as plain data; every list is as long as the file has it, within bounds.
import { ProtoError, type ProtoReader } from '@otelkit/otlp';
import type { ReadProblems } from './diagnostics.ts';
import { READ_LIMITS } from './limits.ts';

export interface PprofSample {
  readonly locations: readonly number[];
  readonly values: readonly number[];
  readonly labels: readonly PprofLabel[];
}

export interface PprofLabel {
  readonly key: number;
  readonly text: number;
  readonly number: number;
}

export interface PprofMapping {
  readonly id: number;
  readonly start: bigint;
  readonly offset: bigint;
  readonly fileName: number;
  readonly buildId: number;
}

export interface PprofLine {
  readonly function: number;
  readonly line: number;
  readonly column: number;
}

export interface PprofLocation {
  readonly id: number;
  readonly mapping: number;
  readonly address: bigint;
  readonly lines: readonly PprofLine[];
}

export interface PprofFunction {
  readonly id: number;
  readonly name: number;
  readonly systemName: number;
  readonly fileName: number;
  readonly startLine: number;
}

export interface PprofValueType {
  readonly type: number;
  readonly unit: number;
}

export interface PprofMessage {
  readonly sampleTypes: PprofValueType[];
  readonly samples: PprofSample[];
  readonly mappings: PprofMapping[];
  readonly locations: PprofLocation[];
  readonly functions: PprofFunction[];
  readonly strings: string[];
  readonly comments: number[];
  timeNs: bigint;
  durationNs: number;
  periodType: PprofValueType | undefined;
  period: number;
  defaultType: number;
}

/** Reads fields until the end, or the first damage, which is told. */
export function readPprofMessage(reader: ProtoReader, problems: ReadProblems): PprofMessage {
  const message: PprofMessage = {
    sampleTypes: [],
    samples: [],
    mappings: [],
    locations: [],
    functions: [],
    strings: [],
    comments: [],
    timeNs: 0n,
    durationNs: 0,
    periodType: undefined,
    period: 0,
    defaultType: 0,
  };
  try {
    while (reader.next()) readField(reader, message, problems);
  } catch (error) {
    if (!(error instanceof ProtoError)) throw error;
    problems.add('Profile', error.message, error.offset);
  }
  return message;
}

const MESSAGES = new Set([1, 2, 3, 4, 5, 11]);

function readField(reader: ProtoReader, message: PprofMessage, problems: ReadProblems): void {
  const { field, wireType } = reader;
  if ((MESSAGES.has(field) || field === 6) && wireType !== 2) {
    reader.skip();
    return;
  }
  switch (field) {
    case 1:
      message.sampleTypes.push(valueType(reader.message()));
      break;
    case 2:
      if (message.samples.length >= READ_LIMITS.samples) {
        problems.add('Sample', 'more samples than are read: left out');
        reader.skip();
      } else message.samples.push(sample(reader.message()));
      break;
    case 3:
      message.mappings.push(mapping(reader.message()));
      break;
    case 4:
      message.locations.push(location(reader.message()));
      break;
    case 5:
      message.functions.push(fn(reader.message()));
      break;
    case 6:
      message.strings.push(reader.string());
      break;
    case 11:
      message.periodType = valueType(reader.message());
      break;
    default:
      readNumber(reader, message);
  }
}

function readNumber(reader: ProtoReader, message: PprofMessage): void {
  const { field, wireType } = reader;
  if (field === 13) message.comments.push(...numbers(reader));
  else if (wireType !== 0) reader.skip();
  else if (field === 9) message.timeNs = reader.int64();
  else if (field === 10) message.durationNs = Number(reader.int64());
  else if (field === 12) message.period = Number(reader.int64());
  else if (field === 14) message.defaultType = reader.number();
  else reader.skip();
}

/** Calls back for each field; what the callback does not read is stepped over. */
function each(reader: ProtoReader, read: (field: number, wireType: number) => boolean): void {
  while (reader.next()) if (!read(reader.field, reader.wireType)) reader.skip();
}

function valueType(reader: ProtoReader): PprofValueType {
  const [, type = 0, unit = 0] = plainNumbers(reader);
  return { type, unit };
}

/** The numbers of a message of numbers, by field. */
function plainNumbers(reader: ProtoReader): number[] {
  const values: number[] = [];
  each(reader, (field, wireType) => {
    if (wireType !== 0 || field > 10) return false;
    values[field] = Number(reader.int64());
    return true;
  });
  return values;
}

/** A repeated number, packed or one by one. */
function numbers(reader: ProtoReader): number[] {
  if (reader.wireType === 0) return [Number(reader.int64())];
  if (reader.wireType !== 2) {
    reader.skip();
    return [];
  }
  const packed = reader.message();
  const values: number[] = [];
  while (packed.position < packed.end) values.push(Number(packed.int64()));
  return values;
}

function sample(reader: ProtoReader): PprofSample {
  const locations: number[] = [];
  const values: number[] = [];
  const labels: PprofLabel[] = [];
  each(reader, (field, wireType) => {
    if (field === 1) for (const id of numbers(reader)) locations.push(id);
    else if (field === 2) for (const value of numbers(reader)) values.push(value);
    else if (field === 3 && wireType === 2) {
      const [, key = 0, text = 0, number = 0] = plainNumbers(reader.message());
      labels.push({ key, text, number });
    } else return false;
    return true;
  });
  return { locations, values, labels };
}

function mapping(reader: ProtoReader): PprofMapping {
  const found = { id: 0, start: 0n, offset: 0n, fileName: 0, buildId: 0 };
  each(reader, (field, wireType) => {
    if (wireType !== 0) return false;
    if (field === 1) found.id = reader.number();
    else if (field === 2) found.start = reader.uint64();
    else if (field === 4) found.offset = reader.uint64();
    else if (field === 5) found.fileName = reader.number();
    else if (field === 6) found.buildId = reader.number();
    else return false;
    return true;
  });
  return found;
}

function location(reader: ProtoReader): PprofLocation {
  const lines: PprofLine[] = [];
  const found = { id: 0, mapping: 0, address: 0n, lines };
  each(reader, (field, wireType) => {
    if (field === 4 && wireType === 2) {
      const [, id = 0, line = 0, column = 0] = plainNumbers(reader.message());
      lines.push({ function: id, line: lineNumber(line), column: lineNumber(column) });
    } else if (wireType !== 0) return false;
    else if (field === 1) found.id = reader.number();
    else if (field === 2) found.mapping = reader.number();
    else if (field === 3) found.address = reader.uint64();
    else return false;
    return true;
  });
  return found;
}

function fn(reader: ProtoReader): PprofFunction {
  const [, id = 0, name = 0, systemName = 0, fileName = 0, startLine = 0] = plainNumbers(reader);
  return { id, name, systemName, fileName, startLine: lineNumber(startLine) };
}

function lineNumber(line: number): number {
  return line >= 0 && line <= 0xffff_ffff ? line : 0;
}
