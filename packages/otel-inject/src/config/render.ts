// SPDX-License-Identifier: Apache-2.0
import { printable, type TextContext, table } from '@otelkit/cli-kit';
import type { Finding } from './findings.ts';

/** One key as `config get` shows it. */
export interface ShownSetting {
  readonly key: string;
  /** As one would write it; of a list, all patterns that count. */
  readonly value: string;
  /** `file:line`, variable or `built in`; of a list one for each line. */
  readonly from: readonly string[];
}

export function renderSettings(
  settings: readonly ShownSetting[],
  { style, width }: TextContext,
): string {
  const rows = settings.map(({ key, value, from }) => [
    { text: key, paint: style.label },
    {
      text: value === '' ? '(empty)' : printable(value),
      paint: value === '' ? style.faint : style.value,
    },
    { text: printable(from.join(' ')), paint: style.faint },
  ]);
  return table([{}, { shrink: 'end', min: 16 }, { shrink: 'start', min: 16 }], rows, { width });
}

/** `file:line:column: error: message`, as editors and terminals understand it. */
export function renderFinding(finding: Finding, { style }: TextContext): string {
  const { path, line, column, severity, key, value, message, hint } = finding;
  const place = [path, line, column].filter((part) => part !== null).join(':');
  const paint = severity === 'error' ? style.bad : style.warn;
  const isTold = value === null || value === '' || message.startsWith(value);
  const subject = key === '' ? '' : `${key}${isTold ? '' : ` = ${value}`}: `;
  const text = `${style.subject(printable(place))}: ${paint(severity)}: ${printable(subject + message)}\n`;
  return hint === null ? text : `${text}  ${style.value(`→ ${printable(hint)}`)}\n`;
}
