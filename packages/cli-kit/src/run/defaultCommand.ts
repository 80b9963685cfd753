// SPDX-License-Identifier: Apache-2.0
import type { DefaultCommands } from '../spec/command.ts';

/** What the tool itself answers. `-help` and `-version` are how Go's flag package spells them. */
const TOOL_WORDS: ReadonlySet<string> = new Set([
  '--help',
  '-h',
  '-help',
  '--version',
  '-V',
  '-version',
]);

/** The command line with the command in front that it leaves out. */
export function withDefaultCommand(
  argv: readonly string[],
  defaults: DefaultCommands | undefined,
): readonly string[] {
  if (defaults === undefined) return argv;
  const first = argv[0];
  if (first === undefined) return [defaults.bare];
  if (!first.startsWith('-') || TOOL_WORDS.has(first)) return argv;
  return [defaults.flags, ...argv];
}
