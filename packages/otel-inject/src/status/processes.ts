// SPDX-License-Identifier: Apache-2.0
// Every running process that the library concerns, with what is really in it.
import {
  type BinaryCache,
  listProcesses,
  ProcError,
  type ProcFs,
  readHostClock,
  readUserNames,
  startTimeMs,
} from '@otelkit/core';
import { RUNTIME_NAMES } from '../explain/predict/verdicts.ts';
import { type InjectionState, presentState } from '../explain/process/describe.ts';
import { explainRunning, type ProcessExplanation } from '../explain/process/process.ts';
import { runtimeIdOf } from './runtimeNames.ts';

/** One process; plain data. */
export interface ProcessStatusEntry {
  readonly pid: number;
  readonly name: string;
  readonly user: string | null;
  readonly path: string;
  readonly runtime: string;
  /** As {@link InjectionState}; `started-before`: it began before the library was installed. */
  readonly state: InjectionState | 'started-before';
  readonly says: string;
  readonly variables: readonly string[];
  readonly library: string | null;
  /** The library in it is not the file of that name any more. */
  readonly isLibraryReplaced: boolean;
  readonly startedAt: string | null;
}

export interface StatusCounts {
  processes: number;
  injected: number;
  attributes: number;
  stoodDown: number;
  /** The library is loaded and has nothing to do there. */
  unconcerned: number;
  /** Of a known runtime, without the library. */
  notLoaded: number;
  startedBefore: number;
  /** Others' processes that this user may not look into. */
  denied: number;
  /** They ended meanwhile, or wait in the kernel. */
  notSeen: number;
}

export interface StatusOptions {
  readonly pids: readonly number[];
  /** When the library was installed, in milliseconds since 1970. */
  readonly installedMs: number | undefined;
  readonly isInstalled: boolean;
  readonly onProcess?: (pid: number, total: number) => void;
}

export function newStatusCounts(): StatusCounts {
  return {
    processes: 0,
    injected: 0,
    attributes: 0,
    stoodDown: 0,
    unconcerned: 0,
    notLoaded: 0,
    startedBefore: 0,
    denied: 0,
    notSeen: 0,
  };
}

/**
 * Looks at the processes asked for, or at all. Kernel threads are left out.
 * @throws ProcError when /proc cannot be listed, or one that was asked for cannot be read
 */
export function* processStatuses(
  fs: ProcFs,
  cache: BinaryCache,
  counts: StatusCounts,
  options: StatusOptions,
): Generator<ProcessStatusEntry> {
  const isChosen = options.pids.length > 0;
  const pids = isChosen ? options.pids : listProcesses(fs);
  const users = readUserNames();
  const clock = readHostClock(fs);
  for (const pid of pids) {
    options.onProcess?.(pid, pids.length);
    let explanation: ProcessExplanation;
    try {
      explanation = explainRunning(fs, pid, cache);
    } catch (error) {
      if (!(error instanceof ProcError) || isChosen) throw error;
      if (error.reason === 'denied') counts.denied++;
      else counts.notSeen++;
      continue;
    }
    const { snapshot } = explanation.target.process!;
    if (snapshot.stat.isKernelThread) continue;
    counts.processes++;
    const uid = snapshot.status?.uids.effective;
    const started = startTimeMs(snapshot.stat.startTimeTicks, clock);
    const user = uid === undefined ? null : (users.get(uid) ?? String(uid));
    const entry = describe(explanation, options, started, user);
    count(entry, counts);
    yield entry;
  }
}

function describe(
  explanation: ProcessExplanation,
  options: StatusOptions,
  startedMs: number | undefined,
  user: string | null,
): ProcessStatusEntry {
  const { target, library } = explanation;
  const { snapshot } = target.process!;
  const present = presentState(explanation);
  const { installedMs, isInstalled } = options;
  const isBefore =
    present.state === 'not-loaded' &&
    isInstalled &&
    installedMs !== undefined &&
    startedMs !== undefined &&
    startedMs < installedMs;
  const runtime = explanation.program.prediction?.runtime ?? runtimeIdOf(target.runtime.id);
  return {
    pid: snapshot.stat.pid,
    name: snapshot.stat.comm,
    user,
    path: target.path,
    runtime: runtime === 'none' ? target.runtime.name : RUNTIME_NAMES[runtime],
    state: isBefore ? 'started-before' : present.state,
    says: isBefore ? 'it was started before the installation' : present.says,
    variables: present.variables,
    library: library?.path ?? null,
    isLibraryReplaced: library?.isDeleted === true,
    startedAt: startedMs === undefined ? null : new Date(startedMs).toISOString(),
  };
}

function count({ state }: ProcessStatusEntry, counts: StatusCounts): void {
  if (state === 'injected') counts.injected++;
  else if (state === 'attributes') counts.attributes++;
  else if (state === 'stood-down') counts.stoodDown++;
  else if (state === 'unconcerned') counts.unconcerned++;
  else if (state === 'started-before') counts.startedBefore++;
  else if (state === 'not-loaded') counts.notLoaded++;
  else counts.denied++;
}

/** Worth a line without --all: of a known runtime, or changed. */
export function isOfInterest({ state, runtime }: ProcessStatusEntry): boolean {
  if (state === 'injected' || state === 'attributes' || state === 'stood-down') return true;
  return Object.values(RUNTIME_NAMES).includes(runtime) && runtime !== RUNTIME_NAMES.none;
}
