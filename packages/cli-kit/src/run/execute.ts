// SPDX-License-Identifier: Apache-2.0
// Runs one command whose command line has been understood, by whichever parser.

import { ExitCode } from '../errors/exitCodes.ts';
import { loadStyle, wantsColor } from '../output/color.ts';
import type { OutputMode } from '../output/output.ts';
import { Sink } from '../output/sink.ts';
import { StreamOutput } from '../output/streamOutput.ts';
import type { Parsed } from '../parse/fastParse.ts';
import { LiveProgress, noProgress } from '../progress/liveProgress.ts';
import type { AnyCommandSpec, ToolSpec } from '../spec/command.ts';
import type { CommonFlagValues } from '../spec/commonFlags.ts';
import type { FlagSpecs } from '../spec/flags.ts';
import type { Invocation } from '../spec/invocation.ts';
import { isTerminal, type Terminal, terminalOf } from './terminal.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** @returns the code to exit with, after everything has been written */
export async function execute(
  tool: ToolSpec,
  spec: AnyCommandSpec,
  parsed: Parsed,
  env: Env,
): Promise<ExitCode> {
  const common = parsed.flags as unknown as CommonFlagValues;
  const mode: OutputMode = common.json ? 'json' : common.ndjson ? 'ndjson' : 'text';
  const stdoutTerminal = terminalOf(1, env);
  const progress = makeProgress(common.progress, mode, stdoutTerminal, env);
  const beforeWrite = () => (progress instanceof LiveProgress ? progress.clear() : undefined);
  const stderr = makeStderr(beforeWrite);
  const stdout = makeStdout(stdoutTerminal, beforeWrite, stderr);
  const colored = wantsColor({ choice: common.color, isTty: stdoutTerminal.isTty, env });
  const style = await loadStyle(mode === 'text' && colored);
  const output = new StreamOutput({
    bin: tool.bin,
    mode,
    documentKey: spec.documentKey,
    text: { style, width: stdoutTerminal.width, isTty: stdoutTerminal.isTty },
    stdout,
    stderr,
    debug: (env['OTELKIT_DEBUG'] ?? '') !== '',
  });
  try {
    const body = await spec.load();
    const code = await body.run(invocationOf(tool, spec, parsed, { output, progress, env }));
    output.fail(code);
  } catch (error) {
    output.problem(error);
  }
  beforeWrite();
  await output.end();
  return output.exitCode();
}

function invocationOf(
  tool: ToolSpec,
  spec: AnyCommandSpec,
  parsed: Parsed,
  world: Pick<Invocation, 'output' | 'progress' | 'env'>,
): Invocation {
  const names = (spec.env ?? []).map(({ name }) => name);
  return {
    tool,
    commandId: spec.id,
    args: parsed.args,
    flags: parsed.flags as Invocation<FlagSpecs>['flags'],
    output: world.output,
    progress: world.progress,
    env: Object.fromEntries(names.map((name) => [name, world.env[name]])),
    // Getters: the working directory may be gone, and most commands ask for neither.
    get cwd() {
      return process.cwd();
    },
    stdin: {
      get isTty() {
        return isTerminal(0);
      },
    },
  };
}

// Nobody reads any more (`| head`): stop at once, successfully.
function stopQuietly(): void {
  process.exit(ExitCode.ok);
}

function makeStdout(terminal: Terminal, beforeWrite: () => void, stderr: Sink): Sink {
  return new Sink({
    fd: 1,
    unbuffered: terminal.isTty,
    beforeWrite,
    onClosed: stopQuietly,
    onFailed: (error) => {
      stderr.write(`stdout: ${error.message}\n`);
      process.exit(ExitCode.io);
    },
  });
}

// When stderr is gone or broken there is nobody left to tell, but stdout still counts.
function makeStderr(beforeWrite: () => void): Sink {
  const ignore = () => {};
  return new Sink({ fd: 2, unbuffered: true, beforeWrite, onClosed: ignore, onFailed: ignore });
}

/**
 * A live line where a person watches: stderr is a terminal, and stdout is not filling the same
 * screen with JSON. Plain lines only where they were asked for.
 */
function makeProgress(
  wanted: boolean | undefined,
  mode: OutputMode,
  stdout: Terminal,
  env: Env,
): LiveProgress | typeof noProgress {
  if (wanted === false) return noProgress;
  const { isTty, width } = terminalOf(2, env);
  if (!isTty && wanted !== true) return noProgress;
  if (isTty && stdout.isTty && mode !== 'text' && wanted !== true) return noProgress;
  const sink = makeStderr(() => {});
  const form = isTty && env['TERM'] !== 'dumb' ? 'live' : 'plain';
  return new LiveProgress({ form, width, write: (text) => void sink.write(text) });
}
