// SPDX-License-Identifier: Apache-2.0
// A choice of samples (the contract's Selection) as a condition of SQL. Nothing of a question's text
// gets into SQL: values become numbers of things that are known, or are hex digits.
import type { Selection } from '@otelkit/viewer/contract';
import { COLLECTOR_LIMITS } from '../limits.ts';
import type { StoredProcess, StoredType } from '../store/originTable.ts';
import type { StoreTables } from '../store/tables.ts';

export class QuestionError extends Error {
  readonly hint: string;

  constructor(message: string, hint = '') {
    super(message);
    this.name = 'QuestionError';
    this.hint = hint;
  }
}

/** A sample type of the page: stored types that differ in their period only. */
export interface ChosenType {
  readonly publicId: string;
  readonly numbers: readonly number[];
  readonly weightUnit: string;
  /** What one sample weighs where all weigh the same, else 0. */
  readonly weightOfOne: number;
}

const LISTS = [
  'source',
  'service',
  'version',
  'host',
  'process',
  'container',
  'thread',
  'kind',
  'label',
] as const;
const OF_PROCESS = ['source', 'service', 'version', 'host', 'container'] as const;

/** @param prefix '' or `base.` @throws QuestionError */
export function parseSelection(parameters: URLSearchParams, prefix = ''): Selection {
  const selection: Record<string, unknown> = {};
  for (const name of ['from', 'to'] as const) {
    const text = parameters.get(`${prefix}${name}`);
    if (text === null || text === '') continue;
    const value = Number(text);
    if (!Number.isFinite(value)) throw new QuestionError(`${prefix}${name}: expected a number`);
    selection[name] = value;
  }
  for (const name of LISTS) {
    const values = parameters.getAll(`${prefix}${name}`);
    if (values.length > COLLECTOR_LIMITS.selectionValues) {
      throw new QuestionError(`${prefix}${name}: too many values`);
    }
    if (values.length > 0) selection[name] = values;
  }
  const cpus = parameters.getAll(`${prefix}cpu`).map(Number);
  if (!cpus.every(Number.isInteger)) throw new QuestionError(`${prefix}cpu: expected a number`);
  if (cpus.length > 0) selection['cpu'] = cpus;
  const type = parameters.get(`${prefix}type`);
  if (type !== null && type !== '') selection['type'] = type;
  for (const [name, digits] of [
    ['trace', 32],
    ['span', 16],
  ] as const) {
    const text = parameters.get(`${prefix}${name}`);
    if (text === null || text === '') continue;
    if (text.length !== digits || !/^[0-9a-f]*$/i.test(text)) {
      throw new QuestionError(`${prefix}${name}: expected ${digits} hex digits`);
    }
    selection[name] = text.toLowerCase();
  }
  return selection as Selection;
}

/** The second choice of a comparison: what it leaves out is as in the first. */
export function parseBase(parameters: URLSearchParams, first: Selection): Selection | undefined {
  if (![...parameters.keys()].some((key) => key.startsWith('base.'))) return undefined;
  return { ...first, ...parseSelection(parameters, 'base.') };
}

/** All types by their public id, in the order in which they came. */
export function chosenTypes(types: readonly StoredType[]): ChosenType[] {
  const byId = new Map<string, StoredType[]>();
  for (const type of types) byId.set(type.publicId, [...(byId.get(type.publicId) ?? []), type]);
  return [...byId].map(([publicId, list]) => {
    const [{ weightUnit, weightOfOne }] = list as [StoredType];
    const isEven = list.every((type) => type.weightOfOne === weightOfOne);
    const numbers = list.map((type) => types.indexOf(type));
    return { publicId, numbers, weightUnit, weightOfOne: isEven ? weightOfOne : 0 };
  });
}

/** @throws QuestionError for a type that is not there */
export function chooseType(selection: Selection, tables: StoreTables): ChosenType {
  const all = chosenTypes(tables.origins.types);
  const { type } = selection;
  const found = type === undefined ? all[0] : all.find(({ publicId }) => publicId === type);
  if (found !== undefined) return found;
  if (type === undefined) return { publicId: '', numbers: [], weightUnit: 'count', weightOfOne: 1 };
  throw new QuestionError(`type ${type} is not there`, all.map((one) => one.publicId).join(', '));
}

/** A condition on sample_rows: always valid SQL. */
export function conditionOf(selection: Selection, tables: StoreTables): string {
  const parts = plainConditions(selection, tables);
  for (const [column, values] of Object.entries(originNumbers(selection, tables))) {
    parts.push(inList(column, values));
  }
  return parts.join(' AND ');
}

/**
 * The same as what follows FROM. A list of numbers is a table that is joined: the engine looks each
 * row up in it faster than it compares it to a list, and adds up the rows that are left alone.
 */
export function samplesOf(selection: Selection, tables: StoreTables): string {
  const parts = plainConditions(selection, tables);
  const joins: string[] = [];
  for (const [column, values] of Object.entries(originNumbers(selection, tables))) {
    if (column === 'cpu' || values.length < 2) parts.push(inList(column, values));
    else {
      const list = `SELECT unnest([${values.join()}]::UINTEGER[]) AS ${column}`;
      joins.push(`JOIN (${list}) AS chosen_${column} USING (${column})`);
    }
  }
  return `sample_rows ${joins.join(' ')} WHERE ${parts.join(' AND ')}`;
}

/** All but the origins of samples. */
function plainConditions(selection: Selection, tables: StoreTables): string[] {
  const parts: string[] = [inList('type', chooseType(selection, tables).numbers)];
  if (selection.from !== undefined) parts.push(`time_us >= ${wholeUs(selection.from)}`);
  if (selection.to !== undefined) parts.push(`time_us < ${wholeUs(selection.to)}`);
  if (selection.kind !== undefined) {
    const mask = kindMask(selection.kind, tables);
    parts.push(`stack IN (SELECT id FROM stack_rows WHERE (kinds & ${mask}) <> 0)`);
  }
  const { trace, span } = selection;
  if (trace !== undefined || span !== undefined) {
    const ids: string[] = [];
    if (trace !== undefined) ids.push(`trace_id = '${trace}'`);
    if (span !== undefined) ids.push(`span_id = '${span}'`);
    parts.push(`link IN (SELECT id FROM link_rows WHERE ${ids.join(' AND ')})`);
  }
  return parts;
}

/** Bits of a stack's kinds. */
export function kindMask(kinds: readonly string[], { frames }: StoreTables): number {
  return kinds.reduce((bits, kind) => bits | frames.bitOfKind(kind), 0) >>> 0;
}

/** Numbers of a sample's columns, each of which must be one of these where it is there. */
export type OriginNumbers = {
  readonly [column in 'process' | 'thread' | 'cpu' | 'labels']?: readonly number[];
};

export function originNumbers(selection: Selection, { origins }: StoreTables): OriginNumbers {
  const process = processesOf(selection, origins.processes);
  const names = selection.thread && new Set(selection.thread);
  const thread = names && indexesWhere(origins.threads, ({ name }) => names.has(name));
  const wanted = selection.label && new Set(selection.label);
  const isWanted = ([key, value]: readonly [string, string]): boolean =>
    wanted!.has(`${key}=${value}`);
  const labels = wanted && indexesWhere(origins.labelSets, (set) => set.some(isWanted));
  return {
    ...(process !== undefined && { process }),
    ...(thread !== undefined && { thread }),
    ...(selection.cpu !== undefined && { cpu: selection.cpu }),
    ...(labels !== undefined && { labels }),
  };
}

/** Id of a process for the page: its number. */
function processesOf(
  selection: Selection,
  processes: readonly StoredProcess[],
): number[] | undefined {
  const filters = OF_PROCESS.flatMap((name) => {
    const values = selection[name];
    return values === undefined ? [] : [[name, new Set(values)] as const];
  });
  const ids = selection.process === undefined ? undefined : new Set(selection.process.map(Number));
  if (filters.length === 0 && ids === undefined) return undefined;
  return indexesWhere(
    processes,
    (process, i) =>
      (ids === undefined || ids.has(i)) &&
      filters.every(([name, values]) => values.has(process[name])),
  );
}

function indexesWhere<T>(list: readonly T[], is: (item: T, index: number) => boolean): number[] {
  const found: number[] = [];
  for (const [i, item] of list.entries()) if (is(item, i)) found.push(i);
  return found;
}

function inList(column: string, values: readonly number[]): string {
  if (values.length === 0) return 'false';
  return values.length === 1 ? `${column} = ${values[0]}` : `${column} IN (${values.join(',')})`;
}

export function wholeUs(timeMs: number): number {
  const us = Math.round(timeMs * 1_000);
  return Math.max(-9e15, Math.min(9e15, us));
}
