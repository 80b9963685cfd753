// SPDX-License-Identifier: Apache-2.0
import { padEnd, printable, type TextContext, wrap } from '@otelkit/cli-kit';
import type { DoctorCheck } from './check.ts';

const PAINT: Readonly<Record<DoctorCheck['verdict'], 'good' | 'warn' | 'bad'>> = {
  ok: 'good',
  warning: 'warn',
  bad: 'bad',
  unknown: 'warn',
};
const VERDICT_CELLS = 'unknown'.length;

/** What was found; where something is lost, what, and the next step. */
export function renderCheck(check: DoctorCheck, titleCells: number, context: TextContext): string {
  const { style, width } = context;
  const margin = titleCells + VERDICT_CELLS + 4;
  const indent = ' '.repeat(margin);
  const part = (text: string): string =>
    wrap(printable(text), width - margin).replaceAll('\n', `\n${indent}`);
  const verdict = padEnd(style[PAINT[check.verdict]](check.verdict), VERDICT_CELLS);
  const title = padEnd(style.label(check.title), titleCells);
  const lines = [`${title}  ${verdict}  ${part(check.found)}`];
  if (check.costs !== undefined) lines.push(indent + style.faint(part(check.costs)));
  if (check.hint !== undefined) lines.push(indent + style.value(part(`→ ${check.hint}`)));
  return `${lines.join('\n')}\n`;
}
