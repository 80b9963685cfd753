// SPDX-License-Identifier: Apache-2.0
// The command as people run it, as it was built.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const BIN: string = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

export interface ToolEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs otel-inject to its end, with nothing of this environment but PATH and HOME. */
export function otelInject(args: readonly string[], env: NodeJS.ProcessEnv = {}): ToolEnd {
  const result = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 120_000,
    killSignal: 'SIGKILL',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...env },
  });
  return { exitCode: result.status, stdout: result.stdout, stderr: result.stderr };
}
