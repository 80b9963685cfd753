// SPDX-License-Identifier: Apache-2.0
// The Go program that does the weaving, and how it is asked.

import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { findHelper } from '@otelkit/bpf-client';
import { ToolError } from '@otelkit/cli-kit';
import { BUILD_LIMITS } from './limits.ts';

const PROGRAM = { file: 'otel-go-toolexec', folder: 'go-toolexec' };

/** @throws when neither an installed package nor a checkout has it */
export function findWeaver(): string {
  return findHelper({ from: process.argv[1] ?? '.', program: PROGRAM }).path;
}

/** What a signal's end of a child is for a shell. */
const SIGNAL_BASE = 128;
const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs the weaver on this process's terminal. Signals are the child's to answer, so they are passed
 * on; go takes an interrupt that also came from the terminal as one.
 * @returns its exit code, 128 + N where signal N ended it
 */
export async function runWeaver(args: readonly string[], cwd: string): Promise<number> {
  const child = spawn(findWeaver(), args, { cwd, stdio: 'inherit' });
  const handlers = FORWARDED.map((signal) => {
    const forward = (): void => {
      child.kill(signal);
    };
    process.on(signal, forward);
    return { signal, forward };
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        resolve(code ?? SIGNAL_BASE + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  } finally {
    for (const { signal, forward } of handlers) process.off(signal, forward);
  }
}

export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Asks the weaver for one of its JSON documents; what it says on stderr is kept for the message. */
export function askWeaver(args: readonly string[], cwd: string): Answer {
  const run = spawnSync(findWeaver(), args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: BUILD_LIMITS.answerBytes,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (run.error !== undefined) {
    throw new ToolError(`otel-go-toolexec: ${run.error.message}`, { code: 'WEAVER_FAILED' });
  }
  return { status: run.status ?? 1, stdout: run.stdout, stderr: run.stderr };
}

/** The document that an answer holds. @throws ToolError with what the weaver said instead */
export function documentOf<T>(answer: Answer): T {
  try {
    return JSON.parse(answer.stdout) as T;
  } catch {
    const said = answer.stderr.trim().replaceAll(/^otel-go: /gm, '');
    const message = said === '' ? `otel-go-toolexec: exit code ${answer.status}` : said;
    throw new ToolError(message, { code: 'WEAVER_FAILED' });
  }
}
