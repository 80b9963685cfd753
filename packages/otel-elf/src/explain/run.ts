// SPDX-License-Identifier: Apache-2.0
import { lstatSync } from 'node:fs';
import { ExitCode, type Invocation, type Output, ToolError } from '@otelkit/cli-kit';
import {
  attempt,
  BinaryCache,
  type EnvironmentVariable,
  type ExplainTarget,
  type Explanation,
  encodePath,
  explainTarget,
  fileTarget,
  InputError,
  ProcError,
  ProcFs,
  processTarget,
  readArguments,
  readEnvironment,
  readHostClock,
  readUserNames,
  startTimeMs,
} from '@otelkit/core';
import { reportFailure } from '../targets/problems.ts';
import { renderExplanation } from './render.ts';
import type { ExplainFlags } from './spec.ts';

/** An explanation as it leaves the command. */
export interface ExplainResult extends Explanation {
  readonly user: string | null;
  readonly startedAt: string | null;
  readonly arguments?: readonly string[];
  readonly environment?: readonly EnvironmentVariable[];
}

type Flags = Invocation<ExplainFlags>['flags'];

export async function run({ args, flags, output }: Invocation<ExplainFlags>): Promise<ExitCode> {
  const fs = new ProcFs();
  const cache = new BinaryCache();
  const labels = [...args, ...flags.pid.map(String)];
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const isProcess = i >= args.length || isPid(label);
    try {
      const target = isProcess
        ? processTarget(fs, Number(label), cache)
        : fileTarget(label, cache, flags.root?.replace(/\/+$/, ''));
      const result = describe(target, flags, fs);
      await output.emit({
        json: () => result,
        text: (context) => renderExplanation(result, context),
      });
      judgeExit(target, result, output);
    } catch (error) {
      if (error instanceof ProcError) reportProcess(output, error, label);
      else if (error instanceof InputError && error.code === 'not-regular') {
        output.problem(
          new ToolError(error.message, { code: error.code, path: label, exitCode: 4 }),
        );
      } else reportFailure(output, error, label);
    }
  }
  return output.exitCode();
}

/** A file of that name wins over a process, so that no script is surprised by its own files. */
function isPid(label: string): boolean {
  if (!/^[1-9]\d{0,6}$/.test(label)) return false;
  try {
    lstatSync(encodePath(label));
    return false;
  } catch {
    return true;
  }
}

function describe(target: ExplainTarget, flags: Flags, fs: ProcFs): ExplainResult {
  const explanation = explainTarget(target);
  const { process: explained } = explanation;
  if (explained === null || target.process === undefined) {
    return { ...explanation, user: null, startedAt: null };
  }
  const { stat } = target.process.snapshot;
  const missing = {};
  const shown = flags['show-args']
    ? attempt(missing, 'arguments', () => readArguments(fs, stat))
    : undefined;
  const environment = flags['show-env']
    ? attempt(missing, 'environment', () => readEnvironment(fs, stat))
    : undefined;
  const started = startTimeMs(stat.startTimeTicks, readHostClock(fs));
  const uid = explained.uid;
  return {
    ...explanation,
    process: { ...explained, missing: { ...explained.missing, ...missing } },
    user: uid === null ? null : (readUserNames().get(uid) ?? null),
    startedAt: started === undefined ? null : new Date(started).toISOString(),
    ...(shown !== undefined && { arguments: shown.arguments }),
    ...(environment !== undefined && { environment: environment.variables }),
  };
}

function reportProcess(output: Output, error: ProcError, label: string): void {
  const message = error.reason === 'gone' ? 'no such process, or it has just ended' : error.message;
  const { code, exitCode } = error;
  output.problem(Object.assign(new Error(message), { code }), { path: label, exitCode });
}

/** 4 where nothing could be seen for lack of rights, 1 where nothing would work. */
function judgeExit(target: ExplainTarget, { answers, path }: ExplainResult, output: Output): void {
  const { problem } = target.executable;
  const isImageless = target.process?.snapshot.imageThreadId === undefined;
  if (problem !== undefined && !(target.process !== undefined && isImageless)) {
    output.problem(Object.assign(new Error(problem), { code: 'UNREADABLE' }), {
      path: path === '' ? target.label : path,
      exitCode: ExitCode.io,
      hint: 'run it as root, or as the owner of the process',
    });
    return;
  }
  const works = answers.filter(({ question }) => question !== 'symbolize');
  if (works.every(({ verdict }) => verdict === 'no')) output.fail(ExitCode.negative);
}
