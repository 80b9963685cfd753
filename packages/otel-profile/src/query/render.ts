// SPDX-License-Identifier: Apache-2.0
import { printable } from '@otelkit/cli-kit';
import type { SqlAnswer } from '@otelkit/collector';

/** Of one cell of a table; the other formats have all of it. */
const CELL_CHARS = 120;

export function renderTable({ columns, rows }: SqlAnswer): string {
  const isNumber = columns.map(({ type }) => /INT|DOUBLE|FLOAT|DECIMAL/.test(type));
  const cells = rows.map((row) => row.map((value) => clip(printable(textOf(value)))));
  const lines = [columns.map(({ name }) => printable(name)), ...cells];
  const widths = columns.map((_, i) =>
    lines.reduce((width, line) => Math.max(width, line[i]!.length), 0),
  );
  return lines
    .map((line) => {
      const padded = line.map((cell, i) =>
        isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!),
      );
      return `${padded.join('  ').trimEnd()}\n`;
    })
    .join('');
}

/** An object a line. */
export function renderJson({ columns, rows }: SqlAnswer): string {
  return rows
    .map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])))
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}

/** RFC 4180, with line feeds alone. */
export function renderCsv({ columns, rows }: SqlAnswer): string {
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => row.map(textOf))];
  return lines.map((line) => `${line.map(quoted).join(',')}\n`).join('');
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function clip(text: string): string {
  return text.length <= CELL_CHARS ? text : `${text.slice(0, CELL_CHARS - 1)}…`;
}
