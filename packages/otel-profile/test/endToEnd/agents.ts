// SPDX-License-Identifier: Apache-2.0
// A running agent: what it says, and what it counted when it ended.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { PROGRAM, until, waitForExit } from './profiling.ts';

/** The agent's own sums at its end; told with `-v`. */
export interface AgentSums {
  /** By the kernel side. */
  readonly all: number;
  /** Those that the ring buffer or the pipe had no room for. */
  readonly dropped: number;
  readonly taken: number;
  readonly sent: number;
  readonly kept: number;
  readonly lost: number;
}

export interface RunningAgent {
  readonly child: ChildProcess;
  talk(): string;
  /** Waits for words on stderr; fails when it ends before. */
  said(words: string | RegExp): Promise<void>;
  /** SIGTERM, and its sums. */
  stop(): Promise<AgentSums>;
}

const SUMS = /(\d+) samples, (\d+) taken: (\d+) sent, (\d+) on disk, (\d+) lost/;
const DROPPED = /(\d+) samples (?:lost: the ring buffer|dropped: the tool)/g;

/** @param env beside our own */
export function startAgent(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningAgent {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  // What is judged is the agent, not how many other things this machine does.
  if (process.geteuid?.() === 0 && child.pid !== undefined) setPriority(child.pid, -15);
  let talk = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    talk += chunk.toString();
  });
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const has = (words: string | RegExp): boolean =>
    typeof words === 'string' ? talk.includes(words) : words.test(talk);
  return {
    child,
    talk: () => talk,
    said: async (words) => {
      await until(() => has(words) || isOver());
      assert.ok(has(words), `it ended before it said ${words}: ${talk}`);
    },
    stop: async () => {
      child.kill('SIGTERM');
      const closed = new Promise((resolve) => child.stderr!.once('close', resolve));
      assert.equal(await waitForExit(child), 0, talk);
      await closed;
      const [all, taken, sent, kept, lost] = (SUMS.exec(talk)?.slice(1) ?? []).map(Number);
      assert.ok(all !== undefined && taken !== undefined, talk);
      const dropped = [...talk.matchAll(DROPPED)].reduce((sum, [, n]) => sum + Number(n), 0);
      return { all, dropped, taken, sent: sent!, kept: kept!, lost: lost! };
    },
  };
}
