// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from '../limits.ts';
import { attempt, ProcError, type ProcFs, type Unavailable } from './procFs.ts';
import { type ProcessStat, parseStat } from './stat.ts';

/** Numbers of all processes that there are now, ascending. @throws ProcError without /proc */
export function listProcesses(fs: ProcFs): number[] {
  return numbersOf(fs.list(''), LIMITS.processes);
}

/** A thread of a process. The main thread's ID is the process's; it may have ended before others. */
export interface ThreadStat extends Omit<ProcessStat, 'pid'> {
  readonly threadId: number;
}

/** Threads that there are now, by ID; those that end meanwhile are left out. @throws ProcError */
export function listThreads(fs: ProcFs, pid: number): ThreadStat[] {
  const threads: ThreadStat[] = [];
  for (const threadId of numbersOf(fs.list(`${pid}/task`), LIMITS.threads)) {
    const missing: Partial<Record<string, Unavailable>> = {};
    const bytes = attempt(missing, 'stat', () => fs.read(pid, `task/${threadId}/stat`).bytes);
    const stat = bytes === undefined ? undefined : parseStat(bytes);
    if (stat === undefined) continue;
    const { pid: _, ...rest } = stat;
    threads.push({ threadId, ...rest });
  }
  return threads;
}

/**
 * A thread whose `maps`, `exe` and `root` can be read: the main one, or another when the main one
 * has ended and shows nothing any more. Undefined when every thread has ended.
 */
export function livingThread(fs: ProcFs, pid: number): number | undefined {
  try {
    const threads = listThreads(fs, pid).filter((t) => t.state !== 'Z' && t.state !== 'X');
    return (threads.find((t) => t.threadId === pid) ?? threads[0])?.threadId;
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  }
}

function numbersOf(names: readonly string[], limit: number): number[] {
  const numbers: number[] = [];
  for (const name of names) {
    if (!/^[1-9]\d{0,9}$/.test(name)) continue;
    if (numbers.length >= limit) break;
    numbers.push(Number(name));
  }
  return numbers.sort((a, b) => a - b);
}
