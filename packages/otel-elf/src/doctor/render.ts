// SPDX-License-Identifier: Apache-2.0
import { padEnd, printable, type TextContext, wrap } from '@otelkit/cli-kit';
import type { HostCheck, Verdict } from '@otelkit/core';

const WORDS: Readonly<Record<Verdict, string>> = {
  yes: 'ok',
  partly: 'partly',
  no: 'no',
  unknown: 'unknown',
};
const PAINT: Readonly<Record<Verdict, 'good' | 'warn' | 'bad'>> = {
  yes: 'good',
  partly: 'warn',
  no: 'bad',
  unknown: 'warn',
};
const VERDICT_CELLS = 'unknown'.length;

/** One check: what was found; and where something is lost, what, and how to get it. */
export function renderCheck(
  check: HostCheck,
  titleCells: number,
  { style, width }: TextContext,
): string {
  const margin = titleCells + VERDICT_CELLS + 4;
  const indent = ' '.repeat(margin);
  const part = (text: string): string =>
    wrap(printable(text), width - margin).replaceAll('\n', `\n${indent}`);
  const verdict = padEnd(style[PAINT[check.verdict]](WORDS[check.verdict]), VERDICT_CELLS);
  const title = padEnd(style.label(check.title), titleCells);
  const lines = [`${title}  ${verdict}  ${part(check.found)}`];
  if (check.costs !== undefined) lines.push(indent + style.faint(part(check.costs)));
  if (check.hint !== undefined) lines.push(indent + style.value(part(`→ ${check.hint}`)));
  return `${lines.join('\n')}\n`;
}
