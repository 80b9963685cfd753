// SPDX-License-Identifier: Apache-2.0
// The start of every tool. An ordinary command line goes straight to its command; help, mistakes
// and whatever else the fast parser refuses go through oclif, which is loaded only then.

import { writeSync } from 'node:fs';
import { ExitCode } from '../errors/exitCodes.ts';
import { type DecodeBytes, recoverArgv } from '../parse/argvBytes.ts';
import { fastParse } from '../parse/fastParse.ts';
import type { AnyCommandSpec, ToolSpec } from '../spec/command.ts';
import { withDefaultCommand } from './defaultCommand.ts';
import { execute } from './execute.ts';
import { asksForVersion, printVersion } from './version.ts';

export interface RunToolOptions {
  /** Core's `decodeBytes`, so that arguments that are no UTF-8 keep their bytes. */
  readonly decodeBytes: DecodeBytes;
  /** Loads `@otelkit/cli-kit/oclif`; the bundle keeps it in a file of its own. */
  readonly loadOclif: () => Promise<typeof import('../oclif/runOclif.ts')>;
}

/** Runs the tool on this process's arguments and exits. */
export async function runTool(tool: ToolSpec, options: RunToolOptions): Promise<never> {
  let code: ExitCode;
  try {
    const argv = recoverArgv(process.argv.slice(2), options.decodeBytes);
    code = await dispatch(tool, withDefaultCommand(argv, tool.defaults), options);
  } catch (error) {
    code = reportDefect(tool, error);
  }
  process.exit(code);
}

async function dispatch(
  tool: ToolSpec,
  argv: readonly string[],
  options: RunToolOptions,
): Promise<ExitCode> {
  const { env } = process;
  if (asksForVersion(argv)) return printVersion(tool.bin, tool.version);
  const spec = commandNamed(tool, argv[0]);
  const parsed = spec === undefined ? undefined : fastParse(spec, argv.slice(1), env);
  if (spec !== undefined && parsed !== undefined) return execute(tool, spec, parsed, env);
  const { runOclif } = await options.loadOclif();
  return runOclif(tool, argv, (chosen, its) => execute(tool, chosen, its, env));
}

export function commandNamed(tool: ToolSpec, id: string | undefined): AnyCommandSpec | undefined {
  return tool.commands.find((command) => command.id === id);
}

// Only a mistake in this file or in a spec ends here: commands' own errors have an Output.
function reportDefect(tool: ToolSpec, error: unknown): ExitCode {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const shown = (process.env['OTELKIT_DEBUG'] ?? '') === '' ? text.split('\n')[0] : text;
  try {
    writeSync(2, `${tool.bin}: ${shown}\n`);
  } catch {
    // stderr is gone: the exit code still says it.
  }
  return ExitCode.internal;
}
