// SPDX-License-Identifier: Apache-2.0
// The examples of the documentation: commands behind `$ ` in fenced blocks, and what is shown below.
import { readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../../../', import.meta.url);
/** Pages about other tools have their own tests. */
const OTHER_TOOLS = /^inject/;

export interface Example {
  readonly page: string;
  readonly command: string;
  /** Lines below the command; empty where only the command is shown. */
  readonly shown: readonly string[];
}

/** Every example of README.md and docs/*.md that calls otel-elf, without sudo and comments. */
export function documentedExamples(): Example[] {
  const topics = readdirSync(new URL('docs/', ROOT))
    .filter((name) => name.endsWith('.md') && !OTHER_TOOLS.test(name))
    .map((name) => `docs/${name}`);
  return ['README.md', ...topics].flatMap((page) =>
    blocksOf(readFileSync(new URL(page, ROOT), 'utf8'))
      .flatMap((block) => examplesOf(page, block))
      .filter(({ command }) => command.includes('otel-elf ')),
  );
}

function blocksOf(text: string): string[][] {
  const blocks: string[][] = [];
  let block: string[] | undefined;
  for (const line of text.split('\n')) {
    if (!line.startsWith('```')) block?.push(line);
    else if (block === undefined) block = [];
    else {
      blocks.push(block);
      block = undefined;
    }
  }
  return blocks;
}

function examplesOf(page: string, block: readonly string[]): Example[] {
  const examples: { page: string; command: string; shown: string[] }[] = [];
  for (const line of block) {
    if (line.startsWith('$ ')) {
      const command = line
        .slice(2)
        .replace(/ {2,}# .*$/, '')
        .replaceAll('sudo ', '');
      examples.push({ page, command, shown: [] });
    } else if (line.trim() !== '') examples.at(-1)?.shown.push(line);
  }
  return examples;
}

/**
 * What must be the same wherever an example runs: labels of aligned facts, questions of explain,
 * columns of tables, rules in brackets. Values, versions and hashes are the machine's.
 */
export function shapeOf(lines: readonly string[]): string[] {
  const marks = new Set<string>();
  for (const line of lines) {
    const label = /^ {2}([a-zA-Z][\w ]*?) {2,}\S/.exec(line);
    if (label !== null) marks.add(label[1]!);
    const question = /^([A-Z][\w ]+?) {2,}(?:yes|no|partly|unknown|ok) /.exec(line);
    if (question !== null) marks.add(question[1]!);
    for (const [, rule] of line.matchAll(/ \[([a-z][\w. -]+)\]$/g)) marks.add(rule!);
    if (/^ *[A-Z]+(?: +[A-Z]+)+$/.test(line))
      for (const word of line.trim().split(/ +/)) marks.add(word);
  }
  return [...marks];
}
