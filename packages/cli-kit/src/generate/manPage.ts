// SPDX-License-Identifier: Apache-2.0
// Manual pages in the man macros of troff (man(7)).

import type { AnyCommandSpec, ToolSpec } from '../spec/command.ts';
import { EXIT_CODES, VARIABLES } from './generalTables.ts';
import { flagNotes, flagTitle, type ShownFlag, shownFlags, synopsis } from './shownFlags.ts';

/** `otel-elf.1`: the tool, its commands, what they have in common. */
export function toolManPage(tool: ToolSpec): string {
  const { bin } = tool;
  const commands = tool.commands.map(
    (spec) => `.TP\n.BR ${bin}\\-${spec.id} (1)\n${text(spec.summary)}`,
  );
  return [
    header(tool, bin),
    `.SH NAME\n${literal(bin)} \\- ${text(tool.summary)}`,
    `.SH SYNOPSIS\n.B ${literal(bin)}\n.I COMMAND\n.RI [ FLAGS ]\n.RI [ ARGUMENTS ]`,
    `.SH DESCRIPTION\n${paragraphs(tool.description)}`,
    `.SH COMMANDS\n${commands.join('\n')}`,
    `.SH "EXIT STATUS"\n${exitCodes({})}`,
    `.SH ENVIRONMENT\n${VARIABLES.map(variable).join('\n')}`,
    '',
  ].join('\n');
}

/** `otel-elf-inspect.1` */
export function commandManPage(tool: ToolSpec, spec: AnyCommandSpec): string {
  const { bin } = tool;
  const title = `${bin}-${spec.id}`;
  const sections = [
    header(tool, title),
    `.SH NAME\n${literal(title)} \\- ${text(spec.summary)}`,
    `.SH SYNOPSIS\n.nf\n${literal(synopsis(bin, spec))}\n.fi`,
    `.SH DESCRIPTION\n${paragraphs(spec.description)}`,
  ];
  if (spec.args.length > 0) {
    const args = spec.args.map(({ name, summary }) => `.TP\n.I ${literal(name)}\n${text(summary)}`);
    sections.push(`.SH ARGUMENTS\n${args.join('\n')}`);
  }
  const env = (spec.env ?? []).map(variable);
  sections.push(
    `.SH FLAGS\n${shownFlags(spec).map(flagEntry).join('\n')}`,
    `.SH EXAMPLES\n${spec.examples.map(example).join('\n')}`,
    `.SH "EXIT STATUS"\n${exitCodes(spec.exitCodes ?? {})}`,
    ...(env.length > 0 ? [`.SH ENVIRONMENT\n${env.join('\n')}`] : []),
    `.SH "SEE ALSO"\n.BR ${literal(bin)} (1)`,
    '',
  );
  return sections.join('\n');
}

function header(tool: ToolSpec, title: string): string {
  // No date: the same sources give the same page.
  return `.\\" Generated: do not edit
.TH ${literal(title.toUpperCase())} 1 "" "${literal(`${tool.bin} ${tool.version}`)}" "User Commands"
.nh
.ad l`;
}

function flagEntry(shown: ShownFlag): string {
  const notes = flagNotes(shown.flag);
  const more = shown.flag.description;
  const lines = [`.TP\n.B ${literal(flagTitle(shown))}`, text(shown.flag.summary)];
  if (notes !== '') lines.push(text(notes));
  if (more !== undefined) lines.push(text(more));
  return lines.join('\n');
}

function example({ command, says }: { readonly command: string; readonly says: string }): string {
  return `.PP\n${text(`${says}:`)}\n.PP\n.nf\n.RS 4\n${line(literal(command))}\n.RE\n.fi`;
}

function exitCodes(own: Readonly<Record<number, string>>): string {
  return EXIT_CODES.map(([code, meaning]) => `.TP\n.B ${code}\n${text(own[code] ?? meaning)}`).join(
    '\n',
  );
}

function variable({ name, summary }: { readonly name: string; readonly summary: string }): string {
  return `.TP\n.B ${literal(name)}\n${text(summary)}`;
}

function paragraphs(list: readonly string[]): string {
  return list.map(text).join('\n.PP\n');
}

/** Running text; what stands in backticks is bold. */
function text(plain: string): string {
  const parts = plain.split('`');
  const set = parts.map((part, i) =>
    i % 2 === 1 ? `\\fB${literal(part)}\\fR` : part.replaceAll('\\', '\\e'),
  );
  return line(set.join('').replaceAll(/[^\x20-\x7e\n]/gu, named));
}

/** What can be copied: hyphens and quotes as they are typed. */
function literal(plain: string): string {
  return plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll('"', '\\(dq')
    .replaceAll(/[^\x20-\x7e\n]/gu, named);
}

function named(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  return `\\[u${codePoint.toString(16).toUpperCase().padStart(4, '0')}]`;
}

// A dot or an apostrophe at the start of a line would be a request.
function line(set: string): string {
  return set.replaceAll(/^([.'])/gm, '\\&$1');
}
