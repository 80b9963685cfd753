// SPDX-License-Identifier: Apache-2.0
import { labelled, printable, type TextContext, wrap } from '@otelkit/cli-kit';
import type { ProgramResult, VariableChange } from './result.ts';
import type { ExplainResult } from './run.ts';

/** One command or process: the programs on the way, then the one that stays in full. */
export function renderExplanation(result: ExplainResult, context: TextContext): string {
  const { programs } = result;
  const blocks: string[] = [];
  if (result.now !== null) blocks.push(renderNow(result, context));
  for (const [i, program] of programs.entries()) {
    const isLast = i === programs.length - 1;
    blocks.push(isLast ? renderProgram(program, context) : renderStep(program, context));
  }
  for (const remark of result.remarks) {
    blocks.push(`${context.style.faint(wrap(printable(remark), context.width))}\n`);
  }
  return `${blocks.join('')}\n`;
}

/** What a running process has now, before what it would get. */
function renderNow({ pid, now }: ExplainResult, { style, width }: TextContext): string {
  const paint = now!.state === 'injected' || now!.state === 'attributes' ? style.good : style.warn;
  const text = `${paint(now!.state)}: ${printable(now!.says)}`;
  return `${style.value(String(pid))}  now ${wrap(text, width)}\nStarted again:\n`;
}

/** A wrapper on the way, in one line. */
function renderStep(program: ProgramResult, { style }: TextContext): string {
  const what = `${program.program}: ${program.because}; it then becomes the next`;
  return `${style.faint(printable(what))}\n`;
}

function renderProgram(program: ProgramResult, context: TextContext): string {
  const { style, width } = context;
  const { runtime, loaded } = program;
  const isInjected = program.verdict === 'injected' || program.verdict === 'attributes_only';
  const version = runtime.version === null ? '' : ` ${runtime.version}`;
  const same = program.program === program.executable;
  const title = `${style.subject(printable(program.program))}  ${style.value(`${runtime.name}${version}`)}`;
  const paint = isInjected ? style.good : style.warn;
  const text = labelled(
    [
      ['executable', same ? undefined : printable(program.executable)],
      ['arguments', shownArguments(program)],
      ['library', `${loaded.verdict}: ${printable(loaded.reason)}`],
      ['', loaded.hint === null ? undefined : style.value(`→ ${printable(loaded.hint)}`)],
      ['decision', paint(printable(program.because))],
      ...program.notes.map((note) => ['', printable(note)] as const),
      ['service', program.serviceName === null ? undefined : printable(program.serviceName)],
      ['configuration', program.configuration.map(configText).join(', ')],
    ],
    { width, indent: '  ', paintLabel: style.label },
  );
  const variables = program.variables.map((change) => renderVariable(change, context)).join('');
  const heading =
    program.variables.length > 0
      ? `\n${style.heading('Variables')}\n`
      : `\n${style.faint('No variable changes.')}\n`;
  return `${title}\n${text}${heading}${variables}`;
}

function shownArguments({ arguments: args }: ProgramResult): string | undefined {
  return args.length > 1 ? printable(args.map(quoted).join(' ')) : undefined;
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./*-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

function configText({ path, state }: ProgramResult['configuration'][number]): string {
  return state === 'read' ? printable(path) : `${printable(path)} (${state})`;
}

function renderVariable(change: VariableChange, { style, width }: TextContext): string {
  const shown = (value: string | null, none: string): string =>
    value === null ? style.faint(none) : value === '' ? style.faint('(empty)') : printable(value);
  const rows = labelled(
    [
      ['before', shown(change.before, '(not set)')],
      ['after', shown(change.after, '(not set any more)')],
      ['why', style.faint(printable(change.reasons.join('; ')))],
    ],
    { width, indent: '    ', paintLabel: style.label },
  );
  return `  ${style.subject(printable(change.name))}\n${rows}`;
}
