// SPDX-License-Identifier: Apache-2.0
import {
  type Cell,
  type Column,
  printable,
  type Style,
  type TextContext,
  table,
} from '@otelkit/cli-kit';
import type { InventoryCounts, ShortAnswer } from '@otelkit/core';
import type { ScannedProcess } from './processes.ts';

const COLUMNS: readonly Column[] = [
  { title: 'PID', align: 'right' },
  { title: 'USER', shrink: 'start', min: 6 },
  { title: 'RUNTIME', shrink: 'start', min: 8 },
  { title: 'PROGRAM', shrink: 'end', min: 12 },
  { title: 'INJECT' },
  { title: 'PROFILE' },
  { title: 'TRACE' },
  { title: 'WHERE', shrink: 'start', min: 6 },
  { title: 'WHY', shrink: 'start', min: 12 },
];

/** What can be made observable comes first. */
const RUNTIME_ORDER = ['jvm', 'nodejs', 'cpython', 'dotnet', 'ruby', 'go', 'php', 'beam', 'perl'];
const WHERE_CELLS = 24;

/** A table of processes, and what it leaves out. */
export function renderProcesses(
  rows: readonly ScannedProcess[],
  counts: InventoryCounts,
  { style, width }: TextContext,
): string {
  const readable = rows.filter((row) => row.path !== null).sort(byRuntime);
  const cells = readable.map((row) => cellsOf(row, style));
  // A pipe has no width; there the reasons are given whole.
  const text = table(COLUMNS, cells, { width, paintTitle: style.heading });
  return text + stringsText(readable, style) + summary(readable, counts, style);
}

function byRuntime(left: ScannedProcess, right: ScannedProcess): number {
  const byKind = rank(left) - rank(right);
  if (byKind !== 0) return byKind;
  const byPath = left.path! < right.path! ? -1 : left.path! > right.path! ? 1 : 0;
  return byPath || left.pid - right.pid;
}

function rank({ runtime, injectable }: ScannedProcess): number {
  const index = RUNTIME_ORDER.indexOf(runtime.id);
  const order = index < 0 ? RUNTIME_ORDER.length : index;
  return runtime.role === 'application' ? order : 100 + (injectable.verdict === 'no' ? 1 : 0);
}

function cellsOf(row: ScannedProcess, style: Style): (string | Cell)[] {
  const { runtime } = row;
  const version = runtime.version === null ? '' : ` ${runtime.version}`;
  return [
    { text: String(row.pid), paint: style.value },
    printable(row.user ?? (row.uid === null ? '?' : String(row.uid))),
    {
      text: runtime.id === 'unknown' ? '-' : printable(runtime.name + version),
      paint: style.value,
    },
    { text: programText(row), paint: style.subject },
    verdictCell(row.injectable, style),
    verdictCell(row.profilable, style),
    verdictCell(row.traceable, style),
    whereText(row),
    { text: printable(why(row)), paint: style.faint },
  ];
}

function programText({ path, executableDeleted, executableMemfd }: ScannedProcess): string {
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

function stringsText(rows: readonly ScannedProcess[], style: Style): string {
  let text = '';
  for (const row of rows) {
    if (row.arguments === undefined && row.environment === undefined) continue;
    text += `\n${style.value(String(row.pid))}  ${style.subject(programText(row))}\n`;
    if (row.arguments !== undefined) text += `  ${row.arguments.map(printable).join(' ')}\n`;
    for (const { name, value } of row.environment ?? []) {
      text += `  ${style.label(printable(name))}=${printable(value)}\n`;
    }
  }
  return text;
}

function summary(rows: readonly ScannedProcess[], counts: InventoryCounts, style: Style): string {
  const of = (pick: (row: ScannedProcess) => ShortAnswer): number =>
    rows.filter((row) => pick(row).verdict === 'yes').length;
  const lines = [
    `${rows.length} processes: ${of((r) => r.injectable)} can get an agent, ` +
      `${of((r) => r.profilable)} can be profiled whole, ${of((r) => r.traceable)} traced`,
  ];
  const left = [
    [counts.kernelThreads, counts.kernelThreads === 1 ? 'kernel thread' : 'kernel threads'],
    [counts.zombies, counts.zombies === 1 ? 'zombie' : 'zombies'],
    [counts.gone, 'ended meanwhile'],
    [counts.unreadable.denied ?? 0, 'not readable for lack of rights'],
    [counts.unreadable.error ?? 0, 'not readable'],
  ] as const;
  const shown = left.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  if (shown.length > 0) lines.push(`not listed: ${shown.join(', ')}`);
  return `\n${lines.map((line) => `${style.faint(line)}\n`).join('')}`;
}
