// SPDX-License-Identifier: Apache-2.0
// The tool as a user starts it, and processes for it to look at.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin/run.js', import.meta.url));

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** Runs otel-elf to its end. */
export function otelElf(...args: readonly string[]): Outcome {
  const result = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { stdout: result.stdout, stderr: result.stderr, exitCode: result.status };
}

const started: ChildProcess[] = [];

/** Starts a program, and gives its PID when it has written something. */
export async function startProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(program, args, { stdio: [...stdio], env, detached: true });
  started.push(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
  });
  return child.pid!;
}

/** Ends everything that was started, with what it started: that would hold our pipes open. */
export async function endPrograms(): Promise<void> {
  await Promise.all(
    started.splice(0).map(async (child) => {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      endGroup(child.pid!);
      if (child.exitCode === null && child.signalCode === null) await ended;
    }),
  );
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Everything of it has ended.
  }
}
