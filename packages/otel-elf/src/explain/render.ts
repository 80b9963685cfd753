// SPDX-License-Identifier: Apache-2.0
import {
  labelled,
  padEnd,
  printable,
  type Style,
  type TextContext,
  truncate,
  wrap,
} from '@otelkit/cli-kit';
import type { Answer, Verdict } from '@otelkit/core';
import type { ExplainResult } from './run.ts';

const VERDICT_CELLS = 'unknown'.length;
const SHOWN_EVIDENCE = 3;

const VERDICT_STYLE: Readonly<Record<Verdict, 'good' | 'warn' | 'bad' | 'faint'>> = {
  yes: 'good',
  partly: 'warn',
  no: 'bad',
  unknown: 'warn',
};

/** One target on one screen: who it is, then an answer to each question. */
export function renderExplanation(result: ExplainResult, context: TextContext): string {
  const { style, width } = context;
  const blocks = [`${title(result, style)}\n`, facts(result, context), '\n'];
  const titleCells = Math.max(...result.answers.map((answer) => answer.title.length));
  for (const answer of result.answers) blocks.push(renderAnswer(answer, titleCells, style, width));
  if (result.arguments !== undefined) {
    const shown = result.arguments.map((argument) => printable(quoted(argument))).join(' ');
    blocks.push(`\n${style.heading('Arguments')}\n  ${shown}\n`);
  }
  if (result.environment !== undefined) {
    blocks.push(`\n${style.heading('Environment')}\n`);
    for (const { name, value } of result.environment) {
      blocks.push(`  ${style.label(printable(name))}=${printable(value)}\n`);
    }
  }
  return `${blocks.join('')}\n`;
}

function title({ process, path, target, runtime }: ExplainResult, style: Style): string {
  const program = path === '' ? (process?.name ?? target) : path;
  const version = runtime.version === null ? '' : ` ${runtime.version}`;
  const kind = runtime.id === 'unknown' ? '' : style.value(printable(`${runtime.name}${version}`));
  const pid = process === null ? '' : `${style.value(String(process.pid))}  `;
  return `${pid}${style.subject(printable(program))}  ${kind}`.trimEnd();
}

function facts(result: ExplainResult, { style, width }: TextContext): string {
  const { process, user, startedAt } = result;
  if (process === null) return '';
  const { container, root, namespacePids } = process;
  const state = process.executableMemfd
    ? 'runs from memory (memfd)'
    : process.executableDeleted
      ? 'its file was deleted or replaced'
      : undefined;
  const missing = Object.entries(process.missing).map(([part, why]) => `${part} (${why})`);
  return labelled(
    [
      ['name', process.name === '' ? undefined : printable(process.name)],
      ['user', user === null ? uidText(process.uid) : printable(user)],
      ['started', startedAt ?? undefined],
      ['service', process.serviceName === null ? undefined : printable(process.serviceName)],
      ['publishes', publishedText(process.publishedResource)],
      ['container', container === null ? undefined : containerText(container)],
      ['unit', process.systemdUnit === null ? undefined : printable(process.systemdUnit)],
      ['root', root === null || root === '/' ? undefined : printable(root)],
      ['PIDs inside', namespacePids.length > 1 ? namespacePids.slice(1).join(', ') : undefined],
      ['executable', state === undefined ? undefined : style.warn(state)],
      ['not readable', missing.length === 0 ? undefined : style.warn(missing.join(', '))],
    ],
    { width, indent: '  ', paintLabel: style.label },
  );
}

/** What the process says of itself, but for the service's name, which has its own line. */
function publishedText(
  resource: NonNullable<ExplainResult['process']>['publishedResource'],
): string | undefined {
  if (resource === null) return undefined;
  return Object.entries(resource)
    .filter(([name]) => name !== 'service.name')
    .map(([name, value]) => `${printable(name)}=${printable(String(value))}`)
    .join(' ');
}

function uidText(uid: number | null): string | undefined {
  return uid === null ? undefined : `uid ${uid}`;
}

function containerText(container: NonNullable<ExplainResult['process']>['container']): string {
  const { id, runtime, podUid } = container!;
  const pod = podUid === null ? '' : `, pod ${podUid}`;
  return `${printable(id.length > 12 ? id.slice(0, 12) : id)} (${runtime}${pod})`;
}

function renderAnswer(answer: Answer, titleCells: number, style: Style, width: number): string {
  const verdict = padEnd(style[VERDICT_STYLE[answer.verdict]](answer.verdict), VERDICT_CELLS);
  const margin = titleCells + VERDICT_CELLS + 4;
  const indent = ' '.repeat(margin);
  const room = width - margin;
  const head = `${padEnd(style.label(answer.title), titleCells)}  ${verdict}  `;
  const lines = [head + under(wrap(printable(answer.reason), room), indent)];
  if (answer.hint !== undefined) {
    lines.push(indent + under(wrap(style.value(`→ ${printable(answer.hint)}`), room), indent));
  }
  if (answer.evidence.length > 0) {
    lines.push(indent + style.faint(truncate(evidenceText(answer), Math.max(20, room))));
  }
  return `${lines.join('\n')}\n`;
}

function evidenceText({ evidence }: Answer): string {
  const shown = evidence
    .slice(0, SHOWN_EVIDENCE)
    .map(({ from, says }) => `${printable(from)}: ${printable(says)}`);
  const more = evidence.length - shown.length;
  return shown.join(' · ') + (more > 0 ? ` · ${more} more` : '');
}

function under(text: string, indent: string): string {
  return text.replaceAll('\n', `\n${indent}`);
}

/** As one would type it, so far as that is short. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./*-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
