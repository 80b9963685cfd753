// SPDX-License-Identifier: Apache-2.0
// The slow way: oclif parses, prints help, and says what is wrong with a command line.

import { existsSync, writeSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { ExitCode } from '../errors/exitCodes.ts';
import { printable } from '../output/printable.ts';
import { flagTable } from '../parse/flagTable.ts';
import { rewriteSingleDash } from '../parse/singleDash.ts';
import type { AnyCommandSpec, ToolSpec } from '../spec/command.ts';
import { allFlags } from '../spec/commonFlags.ts';
import type { Execute } from './commandClass.ts';
import { oclifConfig } from './config.ts';
import { RegistryHelp } from './help.ts';
import { nearest } from './suggest.ts';

const HELP_WORDS: ReadonlySet<string> = new Set(['--help', '-h', '-help']);

/** Help, usage errors, and whatever else the fast parser left. */
export async function runOclif(
  tool: ToolSpec,
  argv: readonly string[],
  execute: Execute,
): Promise<ExitCode> {
  exitQuietlyOnClosedPipe();
  const config = await oclifConfig(tool, execute);
  const help = new RegistryHelp(tool, config);
  const id = argv[0] === 'help' ? argv[1] : argv[0];
  const isHelp = argv[0] === 'help' || asksForHelp(argv);
  if (id === undefined || HELP_WORDS.has(id)) {
    await help.showHelp([]);
    return ExitCode.ok;
  }
  const spec = tool.commands.find((command) => command.id === id);
  if (spec === undefined) return unknownCommand(tool, id);
  if (isHelp) {
    await help.showHelp([id]);
    return ExitCode.ok;
  }
  const words = rewriteSingleDash(argv.slice(1), flagTable(allFlags(spec)));
  const wrongBoolean = booleanWithJunk(spec, words);
  if (wrongBoolean !== undefined) return usageError(tool, spec, wrongBoolean);
  try {
    return await config.runCommand<ExitCode>(id, [...words]);
  } catch (error) {
    return usageError(tool, spec, messageOf(error, spec));
  }
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((word) => HELP_WORDS.has(word));
}

// oclif would take what follows the `=` for an argument of the command.
function booleanWithJunk(spec: AnyCommandSpec, words: readonly string[]): string | undefined {
  const flags = allFlags(spec);
  for (const word of words) {
    if (word === '--') return undefined;
    const name = /^--([^=]+)=/.exec(word)?.[1];
    if (name === undefined || !Object.hasOwn(flags, name)) continue;
    if (flags[name]?.kind === 'boolean') return `--${name} takes true or false, or no value`;
  }
  return undefined;
}

function unknownCommand(tool: ToolSpec, word: string): ExitCode {
  const ids = tool.commands.map((command) => command.id);
  const isFlag = word.startsWith('-');
  const meant = isFlag ? undefined : nearest(word, ids);
  const first = ids[0] ?? '';
  const hint =
    meant !== undefined
      ? `; did you mean ${meant}?`
      : !isFlag && existsSync(word)
        ? `; did you mean ${tool.bin} ${first} ${printable(word)}?`
        : '';
  const what = isFlag ? 'a command comes before the flags' : 'no such command';
  tell(`${tool.bin}: ${printable(word)}: ${what}${hint}`);
  tell(`See ${tool.bin} --help`);
  return ExitCode.usage;
}

function usageError(tool: ToolSpec, spec: AnyCommandSpec, message: string): ExitCode {
  for (const line of message.split('\n')) tell(`${tool.bin} ${spec.id}: ${printable(line)}`);
  tell(`See ${tool.bin} ${spec.id} --help`);
  return ExitCode.usage;
}

/** oclif's message in our voice: one line for each thing that is wrong, without layout. */
function messageOf(error: unknown, spec: AnyCommandSpec): string {
  if (!(error instanceof Error)) return String(error);
  const { flags } = error as { readonly flags?: unknown };
  // By message: a bundler may rename classes.
  if (/^Nonexistent flag/.test(error.message) && Array.isArray(flags)) {
    return flags.map((flag: string) => noSuchFlag(flag, spec)).join('\n');
  }
  if (/^Missing \d+ required arg/.test(error.message)) return missingArgs(error, spec);
  const text = stripVTControlCharacters(error.message)
    .replace(/\n?See more help with --help/g, '')
    .replace(/^The following errors? occurred:\s*/, '');
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .join(' ')
    .replace(/^Parsing (--\S+) /, '$1: ')
    .replace(/^(--\S+)=true cannot also be provided when using/, '$1 cannot stand beside');
}

function missingArgs(error: Error, spec: AnyCommandSpec): string {
  const { args } = error as { readonly args?: readonly { readonly name: string }[] };
  const missing = (args ?? []).map(({ name }) => name);
  const described = spec.args
    .filter(({ name }) => missing.includes(name))
    .map(({ name, summary }) => `${name} is missing: ${summary}`);
  return described.join('\n');
}

function noSuchFlag(word: string, spec: AnyCommandSpec): string {
  const names = Object.entries(allFlags(spec)).flatMap(([name, flag]) =>
    flag.kind === 'boolean' && flag.negatable === true ? [name, `no-${name}`] : [name],
  );
  const meant = nearest(word.replace(/^-+/, '').replace(/=.*$/s, ''), names);
  return `no such flag: ${word}${meant === undefined ? '' : `; did you mean --${meant}?`}`;
}

function tell(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // stderr is gone: the exit code still says it.
  }
}

function exitQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? ExitCode.ok : ExitCode.io);
  });
}
