// SPDX-License-Identifier: Apache-2.0
// Every running process in short. The same questions as `explain` asks, of the same target.
import { listProcesses } from '../proc/listProcesses.ts';
import { ProcError, type ProcFs, type Unavailable } from '../proc/procFs.ts';
import type { Finding, Verdict } from './answer.ts';
import type { BinaryCache } from './binaryCache.ts';
import { type Placement, placementOf } from './placement.ts';
import { agent } from './questions/agent.ts';
import { goProbes } from './questions/goProbes.ts';
import { preload } from './questions/preload.ts';
import { unwind } from './questions/unwind.ts';
import { type ExplainTarget, processTarget } from './target.ts';

export interface ShortAnswer {
  readonly verdict: Verdict;
  readonly reason: string;
}

/** One process; plain data, the JSON of `scan --proc`. */
export interface InventoryEntry extends Placement {
  readonly pid: number;
  readonly startTimeTicks: number;
  readonly parentPid: number;
  readonly name: string;
  readonly state: string;
  readonly threads: number;
  readonly uid: number | null;
  readonly path: string | null;
  readonly executableDeleted: boolean;
  readonly executableMemfd: boolean;
  readonly kind: string | null;
  readonly libc: string | null;
  readonly runtime: {
    readonly id: string;
    readonly name: string;
    readonly version: string | null;
    readonly role: string;
  };
  /** An agent gets in by preloading. */
  readonly injectable: ShortAnswer;
  /** Its stacks can be walked. */
  readonly profilable: ShortAnswer;
  /** Spans come out, by an agent or by Go probes. */
  readonly traceable: ShortAnswer;
  readonly missing: Readonly<Record<string, string>>;
}

/** How many of what there were. */
export interface InventoryCounts {
  processes: number;
  kernelThreads: number;
  /** Ended, but not yet waited for by their parents. */
  zombies: number;
  /** Ended while they were looked at. */
  gone: number;
  /** Listed, but their program could not be read: by reason. */
  unreadable: Partial<Record<Unavailable, number>>;
}

/**
 * Looks at every process, in the order of their numbers. One that waits in the kernel (state D) is
 * looked at again in the end, when it may have moved on. The counts are complete when the iteration
 * is.
 * @throws ProcError when /proc itself cannot be listed
 */
export function* inventory(
  fs: ProcFs,
  cache: BinaryCache,
  counts: InventoryCounts,
  onProcess: (pid: number, total: number) => void = () => {},
): Generator<{ readonly entry: InventoryEntry; readonly target: ExplainTarget }> {
  const pids = listProcesses(fs);
  const waiting: number[] = [];
  for (const pid of pids) {
    onProcess(pid, pids.length);
    const target = look(fs, pid, cache, counts);
    if (target === undefined) continue;
    if (target.process?.missing['maps'] === 'busy') waiting.push(pid);
    else yield { entry: count(target, counts), target };
  }
  for (const pid of waiting) {
    const target = look(fs, pid, cache, counts);
    if (target !== undefined) yield { entry: count(target, counts), target };
  }
}

export function newCounts(): InventoryCounts {
  return { processes: 0, kernelThreads: 0, zombies: 0, gone: 0, unreadable: {} };
}

function look(
  fs: ProcFs,
  pid: number,
  cache: BinaryCache,
  counts: InventoryCounts,
): ExplainTarget | undefined {
  try {
    const target = processTarget(fs, pid, cache);
    const { snapshot } = target.process!;
    if (snapshot.stat.isKernelThread) counts.kernelThreads++;
    else if (snapshot.imageThreadId === undefined) counts.zombies++;
    else return target;
    return undefined;
  } catch (error) {
    if (!(error instanceof ProcError)) throw error;
    counts.gone++;
    return undefined;
  }
}

function count(target: ExplainTarget, counts: InventoryCounts): InventoryEntry {
  counts.processes++;
  const why = target.process?.missing['exe'];
  if (why !== undefined) counts.unreadable[why] = (counts.unreadable[why] ?? 0) + 1;
  return describe(target);
}

function describe(target: ExplainTarget): InventoryEntry {
  const { snapshot, missing } = target.process!;
  const { stat, status, executable } = snapshot;
  const { facts } = target.executable;
  const { runtime } = target;
  const injectable = injection(target);
  return {
    pid: stat.pid,
    startTimeTicks: stat.startTimeTicks,
    parentPid: stat.parentPid,
    name: stat.comm,
    state: stat.state,
    threads: stat.threadCount,
    uid: status?.uids.effective ?? null,
    path: executable?.path ?? null,
    executableDeleted: executable?.isDeleted === true,
    executableMemfd: executable?.isMemfd === true,
    kind: facts?.kind ?? null,
    libc: facts?.libc.flavor ?? null,
    runtime: {
      id: runtime.id,
      name: runtime.name,
      version: runtime.version ?? null,
      role: runtime.role,
    },
    injectable,
    profilable: short(unwind.answer(target)),
    traceable: tracing(target, injectable),
    ...placementOf(target),
    missing: Object.fromEntries(Object.entries(missing).map(([part, why]) => [part, String(why)])),
  };
}

/** Both must be right: the library gets in, and has an agent for what it finds there. */
function injection(target: ExplainTarget): ShortAnswer {
  const byAgent = agent.answer(target);
  if (byAgent.verdict === 'no') return short(byAgent);
  const byPreload = preload.answer(target);
  return short(weaker(byAgent, byPreload));
}

function tracing(target: ExplainTarget, injectable: ShortAnswer): ShortAnswer {
  if (target.runtime.id === 'go') return short(goProbes.answer(target));
  return injectable;
}

const ORDER: readonly Verdict[] = ['no', 'unknown', 'partly', 'yes'];

function weaker(left: Finding, right: Finding): Finding {
  return ORDER.indexOf(left.verdict) <= ORDER.indexOf(right.verdict) ? left : right;
}

function short({ verdict, reason }: Finding): ShortAnswer {
  return { verdict, reason };
}
