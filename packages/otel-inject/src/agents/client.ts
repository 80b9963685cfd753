// SPDX-License-Identifier: Apache-2.0
// Package clients of the host, run as their user configured them: which registry, mirror, proxy and
// certificate is theirs to know.
import { spawn } from 'node:child_process';
import { ToolError } from '@otelkit/cli-kit';
import { AGENT_LIMITS } from './limits.ts';

export interface ClientRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** What it is for, e.g. `fetching the Java agent`. */
  readonly what: string;
  /** The next step when it fails. */
  readonly hint: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a client to its end. Its output is kept for the error message only.
 * @throws ToolError `CLIENT_MISSING`, `CLIENT_FAILED` (exit 4), `INTERRUPTED` (exit 1)
 */
export function runClient(run: ClientRun): Promise<void> {
  const { program, args, cwd, signal } = run;
  return new Promise((resolve, reject) => {
    // Its own group: what it starts in turn must end with it.
    const child = spawn(program, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const tail = new Tail();
    child.stdout.on('data', (chunk: Buffer) => tail.add(chunk));
    child.stderr.on('data', (chunk: Buffer) => tail.add(chunk));
    const stop = (): void => killGroup(child.pid);
    const timer = setTimeout(stop, AGENT_LIMITS.clientMs);
    signal?.addEventListener('abort', stop, { once: true });
    const settle = (error?: ToolError): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      if (error === undefined) resolve();
      else reject(error);
    };
    child.once('error', (error: NodeJS.ErrnoException) => settle(notStarted(run, error)));
    child.once('close', (code, killedBy) => {
      if (signal?.aborted === true) return settle(interrupted(run));
      settle(code === 0 ? undefined : failed(run, code, killedBy, tail.text()));
    });
    if (signal?.aborted === true) stop();
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

class Tail {
  #kept = '';

  add(chunk: Buffer): void {
    this.#kept = (this.#kept + chunk.toString('utf8')).slice(-AGENT_LIMITS.clientOutputBytes);
  }

  /** The last lines that say something, one after the other. */
  text(): string {
    const lines = this.#kept.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').split('\n');
    return lines
      .map((line) => line.trim())
      .filter((line) => line !== '' && !/^(\[ERROR\]\s*)?(-> )?\[?(Help 1)?\]?$/.test(line))
      .slice(-4)
      .join('; ');
  }
}

function notStarted({ program, what, hint }: ClientRun, error: NodeJS.ErrnoException): ToolError {
  const isMissing = error.code === 'ENOENT';
  return new ToolError(`${what}: ${program} ${isMissing ? 'is not installed' : error.message}`, {
    code: isMissing ? 'CLIENT_MISSING' : 'CLIENT_FAILED',
    exitCode: 4,
    path: program,
    hint: isMissing ? `install ${program}, or give a download with --from` : hint,
  });
}

function failed(run: ClientRun, code: number | null, by: string | null, said: string): ToolError {
  const how = by === null ? `ended with ${code}` : `was ended by ${by}`;
  return new ToolError(`${run.what}: ${run.program} ${how}${said === '' ? '' : `: ${said}`}`, {
    code: 'CLIENT_FAILED',
    exitCode: 4,
    path: run.program,
    hint: run.hint,
  });
}

function interrupted({ what }: ClientRun): ToolError {
  return new ToolError(`${what}: interrupted; nothing was changed`, { code: 'INTERRUPTED' });
}
