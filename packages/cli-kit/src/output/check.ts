// SPDX-License-Identifier: Apache-2.0
// One thing that a `doctor` looked at, as a person reads it.
import { wrap } from './layout.ts';
import type { TextContext } from './output.ts';
import { printable } from './printable.ts';
import { padEnd } from './width.ts';

/** The longest verdict of any doctor. */
const VERDICT_CELLS = 'unknown'.length;

export interface ShownCheck {
  /** Two or three words. */
  readonly title: string;
  /** The verdict in one word of seven letters at most. */
  readonly verdict: string;
  readonly paint: 'good' | 'warn' | 'bad';
  readonly found: string;
  /** What is lost by it. */
  readonly costs?: string;
  /** The command that mends it, or the next step. */
  readonly hint?: string;
}

/**
 * What was found; where something is lost, what, and how to mend it.
 * @param titleCells width of the longest title
 */
export function renderCheck(
  { title, verdict, paint, found, costs, hint }: ShownCheck,
  titleCells: number,
  { style, width }: TextContext,
): string {
  const margin = titleCells + VERDICT_CELLS + 4;
  const indent = ' '.repeat(margin);
  const part = (text: string): string =>
    wrap(printable(text), width - margin).replaceAll('\n', `\n${indent}`);
  const shownTitle = padEnd(style.label(title), titleCells);
  const lines = [`${shownTitle}  ${padEnd(style[paint](verdict), VERDICT_CELLS)}  ${part(found)}`];
  if (costs !== undefined) lines.push(indent + style.faint(part(costs)));
  if (hint !== undefined) lines.push(indent + style.value(part(`→ ${hint}`)));
  return `${lines.join('\n')}\n`;
}
