// SPDX-License-Identifier: Apache-2.0
// Lines of text that fit: paragraphs, labelled values, tables.

import { displayWidth, padEnd, padStart, truncate } from './width.ts';

/** Narrower than this no layout makes sense: lines are then left to the terminal to break. */
const WIDTH_MIN = 20;

/**
 * Breaks text at spaces to lines of at most `width` cells; a longer word gets a line of its own.
 * @param indent set before the second and further lines
 */
export function wrap(text: string, width: number, indent = ''): string {
  const limit = Math.max(WIDTH_MIN, width);
  const lines: string[] = [];
  let line = '';
  let isFirstWord = true;
  for (const word of text.split(' ')) {
    const wider = isFirstWord ? line + word : `${line} ${word}`;
    if (isFirstWord || displayWidth(wider) <= limit) {
      line = wider;
    } else {
      lines.push(line);
      line = indent + word;
    }
    isFirstWord = false;
  }
  lines.push(line);
  return lines.join('\n');
}

/** A cell of a table: plain text, and how to paint it once it has been cut and padded. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export interface Column {
  readonly title?: string;
  readonly align?: 'left' | 'right';
  /** Shrinks when the table is too wide, keeping this part; others never shrink. */
  readonly shrink?: 'start' | 'end';
  /** A column that shrinks keeps at least these cells; 8 when not said. */
  readonly min?: number;
}

export interface TableOptions {
  readonly width: number;
  readonly indent?: string;
  readonly paintTitle?: (text: string) => string;
}

const GAP = '  ';
const SHRUNK_MIN = 8;

/** Rows in aligned columns, each line ending in a line feed. An empty table is empty text. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly (string | Cell)[])[],
  options: TableOptions,
): string {
  if (rows.length === 0) return '';
  const indent = options.indent ?? '';
  const widths = fit(columns, naturalWidths(columns, rows), options.width - indent.length);
  const titles = columns.some((column) => column.title !== undefined)
    ? [columns.map(({ title = '' }) => ({ text: title, ...paintOf(options.paintTitle) }))]
    : [];
  let text = '';
  for (const row of [...titles, ...rows]) text += `${indent}${lineOf(columns, widths, row)}\n`;
  return text;
}

function paintOf(paint: Cell['paint']): { readonly paint?: (text: string) => string } {
  return paint === undefined ? {} : { paint };
}

function naturalWidths(
  columns: readonly Column[],
  rows: readonly (readonly (string | Cell)[])[],
): number[] {
  const widths = columns.map((column) => displayWidth(column.title ?? ''));
  for (const row of rows) {
    for (let i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i]!, displayWidth(textOf(row[i])));
    }
  }
  return widths;
}

// Takes from the widest shrinkable column first, so that narrow ones stay readable.
function fit(columns: readonly Column[], natural: number[], width: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, cells) => sum + cells, 0) + GAP.length * (widths.length - 1);
  excess -= width;
  while (excess > 0) {
    let widest = -1;
    for (let i = 0; i < widths.length; i++) {
      if (columns[i]?.shrink === undefined) continue;
      if (widths[i]! <= (columns[i]?.min ?? SHRUNK_MIN)) continue;
      if (widest < 0 || widths[i]! > widths[widest]!) widest = i;
    }
    if (widest < 0) break;
    widths[widest]! -= 1;
    excess -= 1;
  }
  return widths;
}

function lineOf(
  columns: readonly Column[],
  widths: readonly number[],
  row: readonly (string | Cell)[],
): string {
  let line = '';
  for (let i = 0; i < columns.length; i++) {
    const cell = row[i];
    const { align, shrink } = columns[i]!;
    const isLast = i === columns.length - 1;
    const cut = shrink === undefined ? textOf(cell) : truncate(textOf(cell), widths[i]!, shrink);
    const painted = typeof cell === 'object' && cell.paint !== undefined ? cell.paint(cut) : cut;
    // Padding is not painted, and the last column not padded: no trailing spaces.
    const padded =
      align === 'right'
        ? padStart(painted, widths[i]!)
        : isLast
          ? painted
          : padEnd(painted, widths[i]!);
    line += i === 0 ? padded : GAP + padded;
  }
  return line.trimEnd();
}

function textOf(cell: string | Cell | undefined): string {
  return typeof cell === 'string' ? cell : (cell?.text ?? '');
}

export interface LabelledOptions {
  readonly width: number;
  readonly indent?: string;
  readonly paintLabel?: (text: string) => string;
}

/**
 * `label  value` lines with the values aligned, wrapped under themselves. Values may be coloured;
 * lines without a value are left out.
 */
export function labelled(
  entries: readonly (readonly [label: string, value: string | undefined])[],
  { width, indent = '', paintLabel = (text) => text }: LabelledOptions,
): string {
  const shown = entries.filter((entry) => entry[1] !== undefined && entry[1] !== '');
  const labelWidth = shown.reduce((widest, [label]) => Math.max(widest, displayWidth(label)), 0);
  const margin = indent.length + labelWidth + GAP.length;
  let text = '';
  for (const [label, value] of shown) {
    const wrapped = wrap(value!, width - margin).replaceAll('\n', `\n${' '.repeat(margin)}`);
    text += `${indent}${padEnd(paintLabel(label), labelWidth)}${GAP}${wrapped}\n`;
  }
  return text;
}
