// SPDX-License-Identifier: Apache-2.0
// The inventory as a table. Through a pipe: a line for each process, whole. On a terminal, where
// twenty like processes would push the others off the screen: a line for those that differ in
// nothing but their number, columns only where they tell something, and reasons that find no room
// below the table.
import {
  type Cell,
  type Column,
  labelled,
  printable,
  type Style,
  type TextContext,
  table,
} from '@otelkit/cli-kit';
import type { ShortAnswer } from '@otelkit/core';
import type { ScannedProcess } from './processes.ts';

const WHERE_CELLS = 24;
/** In a narrower terminal a column of reasons would hold no whole one. */
const WHY_COLUMN_FROM = 160;

const PID: Column = { title: 'PID', align: 'right' };
const USER: Column = { title: 'USER', shrink: 'start', min: 6 };
const RUNTIME: Column = { title: 'RUNTIME', shrink: 'start', min: 8 };
const PROGRAM: Column = { title: 'PROGRAM', shrink: 'end', min: 12 };
const INJECT: Column = { title: 'INJECT' };
const PROFILE: Column = { title: 'PROFILE' };
const TRACE: Column = { title: 'TRACE' };
const WHERE: Column = { title: 'WHERE', shrink: 'start', min: 6 };
const WHY: Column = { title: 'WHY', shrink: 'start', min: 12 };
const COLUMNS = [PID, USER, RUNTIME, PROGRAM, INJECT, PROFILE, TRACE, WHERE, WHY] as const;

/** Rows in the order given; see the top of this file for what a terminal changes. */
export function processTable(
  rows: readonly ScannedProcess[],
  { style, width, isTty }: TextContext,
): string {
  const groups = isTty ? groupAlike(rows) : rows.map((row) => [row]);
  const reasons = [...new Set(groups.map(([first]) => why(first!)))];
  const notes = isTty && width < WHY_COLUMN_FROM ? reasons : [];
  const columns = COLUMNS.filter((column) => !isTty || isTelling(column, rows));
  const cells = groups.map((group) => columns.map((column) => cellOf(column, group, notes, style)));
  const text = table(columns, cells, { width, paintTitle: style.heading });
  if (notes.length === 0) return text;
  const explained = notes.map((note, i) => [noteMark(i), style.faint(printable(note))] as const);
  return `${text}\n${labelled(explained, { width, indent: '  ' })}`;
}

/** Where everything runs as one user, and nothing in a unit or container, that is no news. */
function isTelling(column: Column, rows: readonly ScannedProcess[]): boolean {
  if (column === USER) return new Set(rows.map(userText)).size > 1;
  return column !== WHERE || rows.some((row) => whereText(row) !== '-');
}

function groupAlike(rows: readonly ScannedProcess[]): ScannedProcess[][] {
  const groups = new Map<string, ScannedProcess[]>();
  for (const row of rows) {
    const verdicts = [row.injectable, row.profilable, row.traceable].map((each) => each.verdict);
    const shown = [userText(row), runtimeText(row), programText(row), whereText(row), why(row)];
    const key = JSON.stringify([...shown, ...verdicts]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function cellOf(
  column: Column,
  group: readonly ScannedProcess[],
  notes: readonly string[],
  style: Style,
): string | Cell {
  const row = group[0]!;
  const more = group.length === 1 ? '' : ` +${group.length - 1}`;
  switch (column) {
    case PID:
      return { text: `${row.pid}${more}`, paint: style.value };
    case USER:
      return userText(row);
    case RUNTIME:
      return { text: runtimeText(row), paint: style.value };
    case PROGRAM:
      return { text: programText(row), paint: style.subject };
    case INJECT:
      return verdictCell(row.injectable, style);
    case PROFILE:
      return verdictCell(row.profilable, style);
    case TRACE:
      return verdictCell(row.traceable, style);
    case WHERE:
      return whereText(row);
    default: {
      const note = notes.indexOf(why(row));
      return { text: note < 0 ? printable(why(row)) : noteMark(note), paint: style.faint };
    }
  }
}

function noteMark(index: number): string {
  return `[${index + 1}]`;
}

function userText({ user, uid }: ScannedProcess): string {
  return printable(user ?? (uid === null ? '?' : String(uid)));
}

function runtimeText({ runtime }: ScannedProcess): string {
  if (runtime.id === 'unknown') return '-';
  return printable(runtime.version === null ? runtime.name : `${runtime.name} ${runtime.version}`);
}

/** The path of the executable, and when there is no file of that path. */
export function programText(row: ScannedProcess): string {
  const { path, executableDeleted, executableMemfd } = row;
  const mark = executableMemfd ? ' (memfd)' : executableDeleted ? ' (deleted)' : '';
  return printable(path ?? '?') + mark;
}

/** The service where one is known, else the container. */
function whereText({ serviceName, container, systemdUnit }: ScannedProcess): string {
  if (serviceName !== null) return printable(serviceName).slice(0, WHERE_CELLS);
  if (container !== null) return printable(container.id).slice(0, 12);
  return systemdUnit === null ? '-' : printable(systemdUnit).slice(0, WHERE_CELLS);
}

function verdictCell({ verdict }: ShortAnswer, style: Style): Cell {
  if (verdict === 'yes') return { text: 'yes', paint: style.good };
  // Most programs of a host need no agent: a `no` is no alarm.
  if (verdict === 'no') return { text: 'no', paint: style.faint };
  return { text: verdict === 'partly' ? 'partly' : '?', paint: style.warn };
}

/** The reason of the first answer that is not a plain yes. */
function why({ injectable, profilable, traceable }: ScannedProcess): string {
  // Go is not injected, it is traced by probes: that is what a person wants to know of it.
  const answers =
    traceable.reason === injectable.reason ? [injectable, profilable] : [traceable, profilable];
  return (answers.find(({ verdict }) => verdict !== 'yes') ?? answers[0]!).reason;
}
