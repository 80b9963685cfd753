// SPDX-License-Identifier: Apache-2.0
import type { ExitCode } from '../errors/exitCodes.ts';
import type { Completion, FlagSpecs } from './flags.ts';
import type { Invocation } from './invocation.ts';

export interface Example {
  /** The whole command line, as typed. */
  readonly command: string;
  /** What one sees by it: one sentence without a full stop. */
  readonly says: string;
}

export interface ArgSpec {
  /** In capitals, as help shows it: `PATH`. */
  readonly name: string;
  readonly summary: string;
  readonly required?: boolean;
  /** Required unless this flag is given. */
  readonly requiredUnless?: string;
  /** Takes all that follow; only the last argument may. */
  readonly multiple?: boolean;
  readonly completion?: Completion;
  /** The only words allowed. */
  readonly values?: readonly string[];
}

/** An environment variable that a command reads; it can read no other. */
export interface EnvSpec {
  readonly name: string;
  readonly summary: string;
}

/** What a command's run.ts exports. */
export interface CommandBody<F extends FlagSpecs> {
  readonly run: (invocation: Invocation<F>) => Promise<ExitCode>;
}

export interface CommandSpec<F extends FlagSpecs = FlagSpecs> {
  readonly id: string;
  /** One line: what a person gets. */
  readonly summary: string;
  /** Paragraphs, each one string; code in backticks. */
  readonly description: readonly string[];
  /** At least three that work as they stand. */
  readonly examples: readonly Example[];
  readonly args: readonly ArgSpec[];
  readonly flags: F;
  readonly env?: readonly EnvSpec[];
  /** `text` when there is no `--json` or `--ndjson` (completion scripts). */
  readonly outputs: 'data' | 'text';
  /** The array in the `--json` document that `output.emit` fills by default. */
  readonly documentKey: string;
  /** What each exit code means here, where that says more than the general table. */
  readonly exitCodes?: Readonly<Partial<Record<ExitCode, string>>>;
  /**
   * The words after the command's name are another program's and reach `args` as they are: no flag
   * is read from them. Only `--help` as the first is still ours.
   */
  readonly passThrough?: true;
  /** Called only when the command runs: help must not cost the command's imports. */
  readonly load: () => Promise<CommandBody<F>>;
}

/** A command whose flags' types are forgotten, as the registry holds them. */
export type AnyCommandSpec = Omit<CommandSpec, 'load'> & {
  // biome-ignore lint/suspicious/noExplicitAny: a body takes its own flags, which only it knows
  readonly load: () => Promise<CommandBody<any>>;
};

export interface ToolSpec {
  /** The executable's name. */
  readonly bin: string;
  readonly version: string;
  /** One line: what the tool is for. */
  readonly summary: string;
  readonly description: readonly string[];
  readonly commands: readonly AnyCommandSpec[];
  readonly defaults?: DefaultCommands;
}

/** What runs where the command line names no command; without it, that is help or a mistake. */
export interface DefaultCommands {
  /** Nothing at all is given. */
  readonly bare: string;
  /** It begins with a flag, as tools without commands are called. */
  readonly flags: string;
}

/** What one writes to define a command; see the README. */
export type CommandDefinition<F extends FlagSpecs> = Omit<
  CommandSpec<F>,
  'outputs' | 'documentKey'
> & {
  readonly outputs?: 'data' | 'text';
  readonly documentKey?: string;
};

/** Fills in the defaults. `load` is checked against the flags' types here. */
export function defineCommand<F extends FlagSpecs>(
  definition: CommandDefinition<F>,
): CommandSpec<F> {
  return { outputs: 'data', documentKey: 'files', ...definition };
}
