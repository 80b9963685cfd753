// SPDX-License-Identifier: Apache-2.0
// Real processes for the tests: each is started, waited for until it says that it is ready, and
// ended after its test.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

const started: ChildProcess[] = [];
const READY_MS = 60_000;

/** Starts a program that prints a line when it is ready; gives the process. */
export async function startReady(
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(child);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${program} is not ready`)), READY_MS);
    child.stdout?.once('data', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
    child.once('close', () => clearTimeout(timer));
    child.stdout?.once('data', () => clearTimeout(timer));
  });
  return child as ChildProcess & { readonly pid: number };
}

/** Ends everything that was started, and waits for it. */
export async function endAll(): Promise<void> {
  await Promise.all(started.splice(0).map(end));
}

/** Ends one process, and waits until it has been. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await ended;
}
