// SPDX-License-Identifier: Apache-2.0
// The reference page of a tool, docs/cli/<tool>.md.

import type { AnyCommandSpec, ToolSpec } from '../spec/command.ts';
import { EXIT_CODES, VARIABLES } from './generalTables.ts';
import { flagNotes, flagTitle, type ShownFlag, shownFlags, synopsis } from './shownFlags.ts';

export function referencePage(tool: ToolSpec): string {
  const { bin } = tool;
  const index = tool.commands.map(
    ({ id, summary }) => `| [\`${bin} ${id}\`](#${bin}-${id}) | ${cell(summary)} |`,
  );
  return [
    `<!-- Generated from the command registry: do not edit. -->\n\n# ${bin}`,
    `${tool.summary}.`,
    ...tool.description,
    `| Command | What you get |\n|---|---|\n${index.join('\n')}`,
    ...tool.commands.map((spec) => commandSection(tool, spec)),
    `## Exit codes\n\n${exitCodes(EXIT_CODES)}`,
    'All files are tried, each error goes to stderr, and the worst code wins: 70, 2, 4, 3, 1, 0.',
    `## Environment\n\n${variables(VARIABLES)}`,
    SHARED,
  ]
    .join('\n\n')
    .concat('\n');
}

const SHARED = `## Output

Results go to stdout, everything else to stderr. \`--json\` gives one document with \`schemaVersion\`,
the results and \`errors\`; \`--ndjson\` one object a line as they come, an error as
\`{"error": {…}}\`. Numbers of 64 bits are hex strings. Control characters, bidirectional overrides
and bytes that are not UTF-8 are escaped in text (\`\\x1b\`, \`\\u202e\`) and in JSON
(\`\\u001b\`; a byte 0xNN that is not UTF-8 is the lone surrogate \`\\udcNN\`).

Progress is shown on stderr where that is a terminal, unless stdout fills the same terminal with
JSON; \`--progress\` elsewhere gives a plain line at most every five seconds.

## Flags

Flags may stand before or after arguments. \`--flag value\` and \`--flag=value\` are the same, single
letters can be grouped (\`-ab\`), \`--\` ends the flags, and \`-\` as an argument is stdin. Long flags
also work with one dash (\`-flag=value\`), and booleans take \`=true\` and \`=false\`.`;

function commandSection(tool: ToolSpec, spec: AnyCommandSpec): string {
  const { bin } = tool;
  const examples = spec.examples.map(({ command, says }) => `# ${says}\n${command}`);
  const flags = shownFlags(spec);
  const own = Object.entries(spec.exitCodes ?? {}).map(
    ([code, meaning]) => [Number(code), meaning] as const,
  );
  const args = spec.args.map(({ name, summary }) => `| \`${cell(name)}\` | ${cell(summary)} |`);
  return [
    `## ${bin} ${spec.id}`,
    `${spec.summary}.`,
    `\`\`\`sh\n${examples.join('\n\n')}\n\`\`\``,
    ...spec.description,
    `\`\`\`\n${synopsis(bin, spec)}\n\`\`\``,
    ...(args.length > 0 ? [`| Argument | |\n|---|---|\n${args.join('\n')}`] : []),
    `| Flag | |\n|---|---|\n${flags.map(flagRow).join('\n')}`,
    ...(spec.env !== undefined ? [variables(spec.env)] : []),
    ...(own.length > 0 ? [exitCodes(own)] : []),
  ].join('\n\n');
}

function flagRow(shown: ShownFlag): string {
  const { summary, description } = shown.flag;
  const text = [summary, flagNotes(shown.flag), description].filter(Boolean).join(' ');
  return `| \`${cell(flagTitle(shown))}\` | ${cell(text)} |`;
}

function exitCodes(codes: readonly (readonly [number, string])[]): string {
  const rows = codes.map(([code, meaning]) => `| ${code} | ${cell(meaning)} |`);
  return `| Exit code | Meaning |\n|---|---|\n${rows.join('\n')}`;
}

function variables(list: readonly { readonly name: string; readonly summary: string }[]): string {
  const rows = list.map(({ name, summary }) => `| \`${name}\` | ${cell(summary)} |`);
  return `| Variable | |\n|---|---|\n${rows.join('\n')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
