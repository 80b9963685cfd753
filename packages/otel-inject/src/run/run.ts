// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { type ExitCode, type Invocation, printable, ToolError } from '@otelkit/cli-kit';
import { BinaryCache, Resolver } from '@otelkit/core';
import { toByteText } from '../config/byteText.ts';
import { explainLaunch } from '../explain/launch/launch.ts';
import { ownEnvironment } from '../explain/launch/surroundings.ts';
import type { InjectVerdict } from '../explain/predict/verdicts.ts';
import { programResult } from '../explain/result.ts';
import { findLibrary } from '../library/find.ts';
import { runChild } from './child.ts';
import { prepareEnvironment } from './prepare.ts';
import { parseRunSettings } from './settings.ts';
import type { RunFlags } from './spec.ts';

/** Verdicts by which a runtime gets no agent that the user may have expected. */
const WORTH_SAYING: ReadonlySet<InjectVerdict | 'not-loaded'> = new Set([
  'not-loaded',
  'disabled',
  'excluded',
  'runtime_disabled',
  'no_agent',
  'agent_unusable',
  'version_too_old',
  'config_unreadable',
  'out_of_memory',
  'incompatible_options',
  'path_not_expressible',
] as const);

export async function run({ args, flags, output, cwd }: Invocation<RunFlags>): Promise<ExitCode> {
  const settings = parseRunSettings(flags.set);
  const library = findLibrary({ given: flags.library, cwd });
  const prepared = prepareEnvironment(ownEnvironment(), library.path, settings, homedir());
  const { entries, cleanUp } = prepared;
  process.on('exit', cleanUp);
  const remark = remarkOn(args, entries, cwd);
  if (remark !== undefined) output.note(remark);
  const { exitCode, failure } = await runChild(args.map(toByteText), entries);
  cleanUp();
  if (failure !== undefined) {
    const message = failure.code === 'ENOENT' ? 'there is no such program' : 'cannot be started';
    output.problem(new ToolError(message, { code: failure.code ?? 'EIO', path: args[0]! }));
  }
  // The child's own code: any number, which the table of our exit codes does not hold.
  process.exit(exitCode);
}

/** What keeps the command itself from being injected; undefined where it is, or may start others. */
function remarkOn(
  command: readonly string[],
  entries: readonly string[],
  cwd: string,
): string | undefined {
  const launch = explainLaunch(command.map(toByteText), entries, {
    resolver: new Resolver(),
    cache: new BinaryCache(),
    cwd: toByteText(cwd),
    user: undefined,
  });
  const last = launch.programs.at(-1);
  if (last === undefined || launch.failure !== undefined || launch.startsOthers) return undefined;
  const { program, verdict, because, notes } = programResult(last);
  if (!WORTH_SAYING.has(verdict)) return undefined;
  const reasons = [because, ...notes].map(printable).join('; ');
  return `nothing is injected into ${printable(program)}: ${reasons}`;
}
