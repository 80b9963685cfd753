// SPDX-License-Identifier: Apache-2.0
import { labelled, printable, type Style, type TextContext, wrap } from '@otelkit/cli-kit';
import type { InventoryCounts, ShortAnswer } from '@otelkit/core';
import type { ScannedProcess } from './processes.ts';
import { processTable, programText } from './processTable.ts';

/** What can be made observable comes first. */
const RUNTIME_ORDER = ['jvm', 'nodejs', 'cpython', 'dotnet', 'ruby', 'go', 'php', 'beam', 'perl'];

/** A table of processes, and what it leaves out. */
export function renderProcesses(
  rows: readonly ScannedProcess[],
  counts: InventoryCounts,
  context: TextContext,
): string {
  const { style } = context;
  const readable = rows.filter((row) => row.path !== null).sort(byRuntime);
  const text = processTable(readable, context) + stringsText(readable, style);
  return text + summary(readable, counts, context);
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

/** What the columns mean, for people; scripts read the documentation. */
const LEGEND: readonly (readonly [word: string, means: string])[] = [
  ['INJECT', "an agent can be preloaded into the program's next start"],
  ['PROFILE', 'its stacks can be sampled; partly: not in all of its code'],
  ['TRACE', 'its requests can be traced, by that agent or by probes'],
];

function summary(
  rows: readonly ScannedProcess[],
  counts: InventoryCounts,
  { style, width, isTty }: TextContext,
): string {
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
  const faint = lines
    .flatMap((line) => wrap(line, width, '  ').split('\n'))
    .map((line) => style.faint(line));
  const legend = isTty ? `\n${labelled(LEGEND, { width, paintLabel: style.label })}` : '';
  return `${legend}\n${faint.map((line) => `${line}\n`).join('')}`;
}
