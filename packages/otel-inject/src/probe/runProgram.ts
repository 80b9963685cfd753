// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { PROBE_LIMITS } from './limits.ts';

/** How one run ended, in what a caller can see. */
export interface ProgramRun {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Why it could not be started or was not waited for. */
  readonly problem?: string;
  readonly durationMs: number;
}

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  /** argv[0]. */
  readonly name?: string;
  readonly timeoutMs?: number;
  /** Runs as this account, so that set-uid programs are in secure-execution mode. */
  readonly uid?: number;
}

/**
 * Runs a program in a session of its own, without input, for a bounded time and output. Never
 * throws; whatever it started is ended with it.
 */
export function runProgram(
  path: string,
  args: readonly string[],
  { env, name, timeoutMs = PROBE_LIMITS.programMs, uid }: RunOptions,
): Promise<ProgramRun> {
  const startMs = performance.now();
  return new Promise((resolve) => {
    const child = spawn(path, [...args], {
      env,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...(name !== undefined && { argv0: name }),
      ...(uid !== undefined && { uid, gid: uid }),
    });
    let problem: string | undefined;
    const stop = (why: string): void => {
      problem ??= why;
      killGroup(child.pid);
    };
    const timer = setTimeout(() => stop(`did not end within ${timeoutMs} ms`), timeoutMs);
    const collect = (stream: NodeJS.ReadableStream): Buffer[] => {
      const pieces: Buffer[] = [];
      let sizeBytes = 0;
      stream.on('data', (piece: Buffer) => {
        sizeBytes += piece.length;
        if (sizeBytes > PROBE_LIMITS.outputBytes) stop('wrote too much');
        else pieces.push(piece);
      });
      return pieces;
    };
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const end = (exitCode: number | null, signal: string | null): void => {
      clearTimeout(timer);
      killGroup(child.pid);
      resolve({
        exitCode,
        signal,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr),
        ...(problem !== undefined && { problem }),
        durationMs: Math.round(performance.now() - startMs),
      });
    };
    child.on('error', (error) => {
      problem ??= `cannot be started: ${(error as NodeJS.ErrnoException).code ?? error.message}`;
      end(null, null);
    });
    child.on('close', end);
  });
}

/** The group is the child's own: it was started in a session of its own. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined || pid <= 1) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}
