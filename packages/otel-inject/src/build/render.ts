// SPDX-License-Identifier: Apache-2.0
import { printable, type TextContext } from '@otelkit/cli-kit';
import type { ShapeReport } from './checkShape.ts';

/** The verdict on a line; what is wrong, each on a line of its own. */
export function renderShape(report: ShapeReport, { style }: TextContext): string {
  const { path, machine, role, sizeBytes, ok, checks, diagnostics } = report;
  const verdict = ok ? style.good('fit to be preloaded') : style.bad('not fit to be preloaded');
  const what = role === 'stub' ? `${machine} stub` : machine;
  const head = `${style.subject(printable(path))}  ${what}, ${sizeBytes} bytes, ${verdict}\n`;
  const bad = checks.filter((check) => !check.ok);
  const lines = bad.map(
    ({ field, found, expected }) =>
      `  ${field}: ${style.bad(printable(found))}, expected ${expected}\n`,
  );
  const damage = diagnostics.map((message) => `  damaged: ${printable(message)}\n`);
  return head + [...lines, ...damage].join('');
}
