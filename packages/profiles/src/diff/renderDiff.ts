// SPDX-License-Identifier: Apache-2.0
// A comparison as text for a terminal, Markdown for a pull request, plain data for scripts.
import { weighing } from '../model/weights.ts';
import type { Change, Comparison, FunctionChange } from './compareProfiles.ts';
import type { Finding, Verdict } from './judgeRules.ts';

export interface DiffOptions {
  readonly rows: number;
  readonly verdicts: readonly Verdict[];
}

const OUTCOMES: Readonly<Record<Verdict['outcome'], string>> = {
  kept: 'ok',
  broken: 'FAILED',
  unsure: 'unsure',
  absent: 'absent',
};

export function diffJson(comparison: Comparison, { verdicts, rows }: DiffOptions): object {
  const { kind, baseWeight, nowWeight, functions } = comparison;
  return {
    type: kind.type,
    unit: kind.unit,
    baseWeight,
    nowWeight,
    rules: verdicts.map(({ rule, outcome, findings }) => ({ rule: rule.text, outcome, findings })),
    functions: functions.slice(0, rows),
  };
}

export function renderDiffText(comparison: Comparison, { verdicts, rows }: DiffOptions): string {
  const shown = shownRows(comparison, rows);
  const lines = [['base', 'new', 'self change', 'total change', 'function'], ...shown.map(cells)];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...lines.map((line) => line[i]!.length)));
  const table = lines.map((line) => {
    const numbers = widths.map((width, i) => line[i]!.padStart(width)).join('  ');
    return `${numbers}  ${printable(line[4]!)}\n`;
  });
  return `${headline(comparison)}\n${table.join('')}${remark(comparison, shown)}${rulesText(verdicts)}`;
}

export function renderDiffMarkdown(comparison: Comparison, options: DiffOptions): string {
  const shown = shownRows(comparison, options.rows);
  const rows = shown.map((row) => {
    const [base, now, self, total, name] = cells(row) as [string, string, string, string, string];
    return `| \`${printable(name).replaceAll('`', "'").replaceAll('|', '\\|')}\` | ${base} | ${now} | ${self} | ${total} |\n`;
  });
  const head = '| Function | Base | New | Self | Total |\n|---|--:|--:|--:|--:|\n';
  const rules = options.verdicts.map(({ rule, outcome, findings }) => {
    const what = findings.slice(0, 3).map((finding) => printable(findingText(finding)));
    return `- **${OUTCOMES[outcome]}** \`${rule.text}\`${what.length > 0 ? `: ${what.join('; ')}` : ''}\n`;
  });
  const list = rules.length > 0 ? `${rules.join('')}\n` : '';
  return `### Profile\n\n${headline(comparison)}\n${list}${head}${rows.join('')}\n${remark(comparison, shown)}`;
}

/** Changes that are sure; where there are none the largest of the others. */
function shownRows({ functions }: Comparison, rows: number): readonly FunctionChange[] {
  const isSure = ({ self, total }: FunctionChange): boolean =>
    self.isSignificant || total.isSignificant;
  const sure = functions.filter(isSure);
  return (sure.length > 0 ? sure : functions).slice(0, rows);
}

function headline({ kind, baseWeight, nowWeight }: Comparison): string {
  const { unit, factor } = weighing(kind);
  const text = (weight: number): string =>
    unit === 'nanoseconds'
      ? `${((weight * factor) / 1e9).toFixed(2)} s`
      : `${Math.round(weight).toLocaleString('en')}${kind.unit === 'count' ? '' : ` ${kind.unit}`}`;
  return `${kind.type}: ${text(baseWeight)} before, ${text(nowWeight)} now; shares of each, ± is the sampling error (95 %)\n`;
}

function cells({ name, self, total }: FunctionChange): string[] {
  return [percent(self.base), percent(self.now), change(self), change(total), name];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** A tilde marks what chance could have made. */
function change({ change: by, error, isSignificant }: Change): string {
  const text = `${by < 0 ? '' : '+'}${(100 * by).toFixed(1)} ± ${(100 * error).toFixed(1)} pp`;
  return isSignificant ? text : `~ ${text}`;
}

function remark(comparison: Comparison, shown: readonly FunctionChange[]): string {
  const rest = comparison.functions.length - shown.length;
  const isSure = shown.some(({ self, total }) => self.isSignificant || total.isSignificant);
  if (!isSure) return 'no function changed by more than the sampling error\n';
  return rest > 0 ? `${rest} other functions changed by less, or by no more than the error\n` : '';
}

function rulesText(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return '';
  const lines = verdicts.flatMap(({ rule, outcome, findings }) => [
    `${OUTCOMES[outcome].padEnd(7)} ${rule.text}\n`,
    ...findings.slice(0, 5).map((finding) => `        ${printable(findingText(finding))}\n`),
  ]);
  return `\n${lines.join('')}`;
}

function findingText({ subject, base, now, error }: Finding): string {
  return `${subject}: ${percent(base)} → ${percent(now)} (± ${(100 * error).toFixed(1)} pp)`;
}

function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, '?');
}
