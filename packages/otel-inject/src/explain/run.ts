// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { ExitCode, type Invocation, type Output, ToolError } from '@otelkit/cli-kit';
import { BinaryCache, ProcError, ProcFs, Resolver } from '@otelkit/core';
import { fromByteText, toByteText } from '../config/byteText.ts';
import { installationRemark } from './installed.ts';
import { explainLaunch } from './launch/launch.ts';
import { ownEnvironment, withConfigFile } from './launch/surroundings.ts';
import { presentState } from './process/describe.ts';
import { explainRunning } from './process/process.ts';
import { renderExplanation } from './render.ts';
import { type ProgramResult, programResult } from './result.ts';
import type { ExplainFlags } from './spec.ts';

/** One command line or one process. */
export interface ExplainResult {
  readonly target: string;
  readonly kind: 'command' | 'process';
  readonly pid: number | null;
  /** What is in the running process now; null for a command. */
  readonly now: { readonly state: string; readonly says: string } | null;
  /** The last one stays; those before it become it. */
  readonly programs: readonly ProgramResult[];
  readonly remarks: readonly string[];
}

const AGENT_REMARK =
  'Where its agent is stands in the configuration: `sudo otel-inject agents add` fetches it, and `sudo otel-inject install` writes one with all usual places.';

export async function run(invocation: Invocation<ExplainFlags>): Promise<ExitCode> {
  const { args, output } = invocation;
  const pids = args.every((arg) => /^[1-9]\d{0,6}$/.test(arg));
  const targets = pids ? args.map((arg) => [arg]) : [[...args]];
  for (const target of targets) {
    try {
      const result = pids
        ? explainPid(Number(target[0]), invocation)
        : explainCommand(target, invocation);
      await output.emit({
        json: () => result,
        text: (context) => renderExplanation(result, context),
      });
      const last = result.programs.at(-1);
      const isInjected = last?.verdict === 'injected' || last?.verdict === 'already_injected';
      if (!isInjected) output.fail(ExitCode.negative);
    } catch (error) {
      reportFailure(error, target[0] ?? '', output);
    }
  }
  return output.exitCode();
}

function explainPid(pid: number, { flags, cwd }: Invocation<ExplainFlags>): ExplainResult {
  const config = flags['config-file'];
  const configFile = config === undefined ? undefined : toByteText(resolve(cwd, config));
  const explanation = explainRunning(new ProcFs(), pid, new BinaryCache(), configFile);
  const { state, says } = presentState(explanation);
  const { path, isDeleted } = explanation.library ?? {};
  const remarks = [installationRemark(`/proc/${pid}/root`, explanation.program.before)];
  if (isDeleted === true) remarks.push(`${path} was replaced since this process was started.`);
  return {
    target: String(pid),
    kind: 'process',
    pid,
    now: { state, says },
    programs: [programResult(explanation.program)],
    remarks,
  };
}

function explainCommand(
  words: readonly string[],
  { flags, cwd }: Invocation<ExplainFlags>,
): ExplainResult {
  const root = flags.root === undefined ? '/' : resolve(cwd, flags.root);
  const config = flags['config-file'];
  const own = ownEnvironment();
  const entries =
    config === undefined ? own : withConfigFile(own, toByteText(resolve(cwd, config)));
  const launch = explainLaunch(words.map(toByteText), entries, {
    resolver: new Resolver({ root }),
    cache: new BinaryCache(),
    cwd: root === '/' ? toByteText(cwd) : '/',
    user: undefined,
  });
  const { failure, programs, startsOthers } = launch;
  if (failure !== undefined && programs.length === 0) {
    throw new ToolError(failure.why, {
      code: 'NOT_A_PROGRAM',
      exitCode: 4,
      path: fromByteText(failure.path),
    });
  }
  const remarks = [installationRemark(root, own)];
  if (programs.at(-1)?.prediction?.verdict === 'no_agent') remarks.push(AGENT_REMARK);
  if (failure !== undefined) remarks.push(`${fromByteText(failure.path)}: ${failure.why}`);
  if (startsOthers) {
    remarks.push('Programs that it starts are decided on their own: ask about those.');
  }
  return {
    target: words.join(' '),
    kind: 'command',
    pid: null,
    now: null,
    programs: programs.map(programResult),
    remarks,
  };
}

function reportFailure(error: unknown, label: string, output: Output): void {
  if (!(error instanceof ProcError)) {
    output.problem(error, { path: label });
    return;
  }
  const message = error.reason === 'gone' ? 'no such process, or it has just ended' : error.message;
  const hint =
    error.reason === 'denied' ? { hint: 'run it as root, or as the owner of the process' } : {};
  const { code } = error;
  output.problem(new ToolError(message, { code, exitCode: 4, path: label, ...hint }));
}
