// SPDX-License-Identifier: Apache-2.0
// A unified diff of two texts, as `diff -u` and `patch` understand it.
import { PLAN_LIMITS } from './limits.ts';

const CONTEXT_LINES = 3;

/**
 * The hunks of a unified diff without its two header lines; '' for equal texts. Latin-1 in and
 * out: one character a byte. Compares the common start and end, and takes what is between as
 * changed: our changes are single lines.
 */
export function unifiedHunks(before: string, after: string): string {
  if (before === after) return '';
  const left = linesOf(before);
  const right = linesOf(after);
  if (left.length + right.length > PLAN_LIMITS.diffLines) return '@@ too long to be shown @@\n';
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let tail = 0;
  const room = Math.min(left.length, right.length) - start;
  while (tail < room && left.at(-1 - tail) === right.at(-1 - tail)) tail++;
  const from = Math.max(0, start - CONTEXT_LINES);
  const leftEnd = Math.min(left.length, left.length - tail + CONTEXT_LINES);
  const rightEnd = Math.min(right.length, right.length - tail + CONTEXT_LINES);
  const body = [
    ...left.slice(from, start).map((line) => ` ${line}`),
    ...left.slice(start, left.length - tail).map((line) => `-${line}`),
    ...right.slice(start, right.length - tail).map((line) => `+${line}`),
    ...left.slice(left.length - tail, leftEnd).map((line) => ` ${line}`),
  ];
  const header = `@@ -${range(from, leftEnd)} +${range(from, rightEnd)} @@`;
  return `${[header, ...body.map(withMark)].join('\n')}\n`;
}

/** Lines with their newline, so that a missing one at the end is a difference. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function withMark(line: string): string {
  return line.endsWith('\n') ? line.slice(0, -1) : `${line}\n\\ No newline at end of file`;
}

function range(from: number, to: number): string {
  const count = to - from;
  const first = count === 0 ? from : from + 1;
  return count === 1 ? `${first}` : `${first},${count}`;
}
