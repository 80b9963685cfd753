// SPDX-License-Identifier: Apache-2.0
import { PROBE_LIMITS } from './limits.ts';
import type { ProgramRun } from './runProgram.ts';

/** Which parts of a run must be alike; an agent may say something on stderr. */
export type ComparedParts = 'all' | 'result';

/**
 * What differs between a run without and one with the library, in words; undefined when nothing.
 * @param ignoredLines lines that are left out of the comparison
 */
export function difference(
  without: ProgramRun,
  having: ProgramRun,
  parts: ComparedParts = 'all',
  ignoredLines?: RegExp,
): string | undefined {
  if (having.problem !== without.problem) return having.problem ?? `no longer ${without.problem}`;
  if (having.signal !== without.signal) {
    return `ended by ${endText(having)}, without the library by ${endText(without)}`;
  }
  if (having.exitCode !== without.exitCode) {
    const said = shown(lines(having.stderr, ignoredLines));
    return `exit status ${having.exitCode} instead of ${without.exitCode}${said === '' ? '' : `: ${said}`}`;
  }
  for (const stream of parts === 'all' ? (['stdout', 'stderr'] as const) : (['stdout'] as const)) {
    const left = lines(without[stream], ignoredLines);
    const right = lines(having[stream], ignoredLines);
    const at = right.findIndex((line, i) => line !== left[i]);
    if (at >= 0)
      return `${stream} says ${quoted(right[at]!)}, without it ${quoted(left[at] ?? '')}`;
    if (left.length > right.length) return `${stream} lacks ${quoted(left[right.length]!)}`;
  }
  return undefined;
}

function lines(bytes: Buffer, ignored: RegExp | undefined): string[] {
  const all = bytes.toString('latin1').split('\n');
  return ignored === undefined ? all : all.filter((line) => !ignored.test(line));
}

function endText({ signal, exitCode }: ProgramRun): string {
  return signal ?? `exit status ${exitCode}`;
}

function shown(text: readonly string[]): string {
  return text.join(' ').trim().slice(0, PROBE_LIMITS.shownCharacters);
}

function quoted(line: string): string {
  return JSON.stringify(line.slice(0, PROBE_LIMITS.shownCharacters));
}
