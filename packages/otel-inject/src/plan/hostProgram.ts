// SPDX-License-Identifier: Apache-2.0
// Programs of the host that do what Node has no call for: extended attributes, times in
// nanoseconds, flock(2). Undoing changes never needs one of them: after a bad preload nothing starts.
import { type StdioOptions, spawnSync } from 'node:child_process';
import { PLAN_LIMITS } from './limits.ts';

/** Not the caller's PATH: these run as root. */
export const HELPER_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

export interface HelperResult {
  /** Undefined when it could not be started or was killed. */
  readonly status: number | undefined;
  /** There is no such program on this host. */
  readonly isMissing: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without a shell, in a clean environment, for a bounded time. Never throws. */
export function runHelper(
  command: string,
  args: readonly string[],
  stdio: StdioOptions = ['ignore', 'pipe', 'pipe'],
): HelperResult {
  const result = spawnSync(command, args, {
    env: { PATH: HELPER_PATH, LC_ALL: 'C' },
    cwd: '/',
    stdio,
    timeout: PLAN_LIMITS.helperMs,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 20,
    encoding: 'utf8',
  });
  const status = result.error === undefined ? (result.status ?? undefined) : undefined;
  const isMissing = (result.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  return { status, isMissing, stdout: result.stdout ?? '', stderr: result.stderr ?? '' };
}
