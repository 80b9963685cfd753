// SPDX-License-Identifier: Apache-2.0
// Asks every question of a target. Tools that can answer one better put theirs in its place.
import type { AttributeValue } from '../proc/resourceMessage.ts';
import { maskVariable } from '../proc/secrets.ts';
import type { Answer, Question } from './answer.ts';
import { type Placement, placementOf } from './placement.ts';
import { agent } from './questions/agent.ts';
import { goProbes } from './questions/goProbes.ts';
import { preload } from './questions/preload.ts';
import { symbolize } from './questions/symbolize.ts';
import { unwind } from './questions/unwind.ts';
import type { ExplainTarget } from './target.ts';

/** The questions in the order in which people read the answers. */
export const QUESTIONS: readonly Question<ExplainTarget>[] = [
  preload,
  agent,
  unwind,
  symbolize,
  goProbes,
];

/** What there is to say of a target; plain data, the JSON of `explain`. */
export interface Explanation {
  readonly target: string;
  readonly kind: 'process' | 'file';
  readonly path: string;
  readonly runtime: { readonly id: string; readonly name: string; readonly version: string | null };
  readonly process: ExplainedProcess | null;
  readonly answers: readonly Answer[];
}

export interface ExplainedProcess extends Placement {
  readonly pid: number;
  readonly startTimeTicks: number;
  readonly name: string;
  readonly state: string;
  readonly parentPid: number;
  readonly threads: number;
  readonly uid: number | null;
  readonly seccomp: string | null;
  readonly noNewPrivileges: boolean | null;
  readonly executableDeleted: boolean;
  readonly executableMemfd: boolean;
  readonly root: string | null;
  /** PIDs in its PID namespaces, the reader's first. */
  readonly namespacePids: readonly number[];
  /** The resource that it publishes of itself (OTEP 4719), with what looks secret masked. */
  readonly publishedResource: Readonly<Record<string, AttributeValue>> | null;
  /** What could not be read, and why: `denied`, `busy`, `gone`. */
  readonly missing: Readonly<Record<string, string>>;
}

/** @param questions defaults to {@link QUESTIONS} */
export function explainTarget(
  target: ExplainTarget,
  questions: readonly Question<ExplainTarget>[] = QUESTIONS,
): Explanation {
  const { runtime } = target;
  return {
    target: target.label,
    kind: target.process === undefined ? 'file' : 'process',
    path: target.path,
    runtime: { id: runtime.id, name: runtime.name, version: runtime.version ?? null },
    process: target.process === undefined ? null : describeProcess(target),
    answers: questions.map(({ id, title, answer }) => ({ question: id, title, ...answer(target) })),
  };
}

function describeProcess(target: ExplainTarget): ExplainedProcess {
  const { snapshot, missing } = target.process!;
  const { stat, status, executable } = snapshot;
  return {
    pid: stat.pid,
    startTimeTicks: stat.startTimeTicks,
    name: stat.comm,
    state: stat.state,
    parentPid: stat.parentPid,
    threads: stat.threadCount,
    uid: status?.uids.effective ?? null,
    seccomp: status?.seccomp ?? null,
    noNewPrivileges: status?.noNewPrivileges ?? null,
    executableDeleted: executable?.isDeleted === true,
    executableMemfd: executable?.isMemfd === true,
    root: snapshot.root ?? null,
    namespacePids: status?.namespacePids ?? [stat.pid],
    ...placementOf(target),
    publishedResource: publishedResource(target),
    missing: Object.fromEntries(Object.entries(missing).map(([part, why]) => [part, String(why)])),
  };
}

function publishedResource({ process }: ExplainTarget): ExplainedProcess['publishedResource'] {
  const attributes = process?.context?.attributes;
  if (attributes === undefined) return null;
  const shown = [...attributes].map(([name, value]): [string, AttributeValue] => {
    return [name, typeof value === 'string' ? maskVariable(name, value) : value];
  });
  return Object.fromEntries(shown);
}
