// SPDX-License-Identifier: Apache-2.0
// What stands between a plan and every process of a host: programs tried with the staged library,
// the entry tried before it is in force, and everything looked at again afterwards.
import { existsSync } from 'node:fs';
import { ToolError } from '@otelkit/cli-kit';
import { hostPath } from '../layout/paths.ts';
import type { ChangeHooks } from '../plan/change.ts';
import { isSameState, readState } from '../plan/fileState.ts';
import { runHelper } from '../plan/hostProgram.ts';
import type { Step, StepOutcome } from '../plan/steps.ts';
import { concernsSystemd, hasSystemd, reloadStep, reloadSystemd } from '../plan/systemd.ts';
import type { Transaction } from '../plan/transaction.ts';
import type { Plan } from '../plan/types.ts';
import { judge } from '../probe/judge.ts';
import { checkLoaded } from '../probe/loaded.ts';
import { type ProbeReport, probe } from '../probe/matrix.ts';
import { findPrograms, type ProbedRuntime, type ProbeProgram } from '../probe/programs.ts';
import {
  type InstallMode,
  type InstallOptions,
  type InstallPlan,
  planInstall,
} from './planInstall.ts';

export interface GuardOptions extends InstallOptions {
  /** False leaves the programs out. */
  readonly isProbed: boolean;
  readonly isCancelled: () => boolean;
}

interface Memory {
  plan?: InstallPlan;
  programs?: readonly ProbeProgram[];
  before?: ProbeReport;
}

/** An installation for `change`: its plan, and what guards its steps. */
export function guardedInstall(options: GuardOptions): {
  readonly makePlan: (createdParents: readonly string[]) => InstallPlan;
  readonly hooks: ChangeHooks;
} {
  const { layout, isCancelled, isProbed } = options;
  const memory: Memory = {};
  const isLive = layout.root === '/';
  const makePlan = (createdParents: readonly string[]): InstallPlan => {
    memory.plan = planInstall(options, createdParents);
    return memory.plan;
  };
  const hooks: ChangeHooks = {
    isCancelled,
    beforeActivation: (transaction) => (isProbed ? [probeStep(options, transaction, memory)] : []),
    beforeEntries: () => {
      // Elsewhere the entry's folders lie below the root, where this host's loader does not look.
      if (isLive && layout.scope === 'host') checkLoaded(memory.plan!.entry);
    },
    afterActivation: (plan) => [
      ...(isLive && existsSync(SELINUX) ? [labelStep(plan)] : []),
      ...(concernsSystemd(plan) ? [reloadStep(true)] : []),
      {
        id: 'verify',
        title: 'Look at everything again',
        run: (say) => verify(plan, options, memory, say),
      },
    ],
    afterRollback: (plan) => {
      if (concernsSystemd(plan)) reloadSystemd();
    },
  };
  return { makePlan, hooks };
}

function probeStep(options: GuardOptions, transaction: Transaction, memory: Memory): Step {
  const { layout, isCancelled } = options;
  // Staged, or in place already when it does not change.
  const place = (path: string): string => transaction.stagedPath(path) ?? hostPath(layout, path);
  const run = async (say: (what: string) => void): Promise<StepOutcome> => {
    const stub32 = memory.plan!.stub32;
    memory.programs = findPrograms();
    memory.before = await probe({
      programs: memory.programs,
      library: place(layout.library),
      stub32: stub32 === undefined ? undefined : place(stub32),
      agents: agentVariables(options),
      say,
      isCancelled,
    });
    return outcome(memory.before);
  };
  return { id: 'probe', title: 'Try the new library on programs of this host', run };
}

async function verify(
  plan: Plan,
  options: GuardOptions,
  memory: Memory,
  say: (what: string) => void,
): Promise<StepOutcome> {
  for (const { target, after } of plan.operations) {
    const path = hostPath(plan.layout, target);
    if (isSameState(readState(path), after)) continue;
    throw new ToolError('the file is not as it was just written', { code: 'NOT_AS_WRITTEN', path });
  }
  const isWhole = options.layout.root === '/' && options.mode === 'ld-preload';
  if (!isWhole) return { detail: 'all files are as they should be' };
  checkLoaded(undefined);
  const { before, programs } = memory;
  if (before === undefined || programs === undefined) {
    return { detail: 'the library is loaded by itself' };
  }
  const { baseline } = before;
  const { isCancelled } = options;
  const none = { library: undefined, stub32: undefined };
  return outcome(await probe({ programs, ...none, baseline, say, isCancelled }));
}

function outcome(report: ProbeReport): StepOutcome {
  return { detail: judge(report), data: { programs: report.results } };
}

const SELINUX = '/sys/fs/selinux/enforce';

/** What was made under another name has that directory's label; the policy may want another. */
function labelStep({ operations }: Plan): Step {
  return {
    id: 'label',
    title: 'Set security contexts',
    run: () => {
      const made = operations.filter(({ kind }) => kind === 'create' || kind === 'mkdir');
      const paths = made.map(({ target }) => target);
      const { status, isMissing } = runHelper('restorecon', ['-F', '--', ...paths]);
      if (status === 0) return { detail: `restorecon of ${paths.length} files` };
      const why = isMissing ? 'there is no restorecon' : 'restorecon failed';
      return { status: 'skipped', detail: `${why}; see \`ls -Z /etc/ld.so.preload\`` };
    },
  };
}

/** The agents that are there and wanted, as the library's own variables name them. */
function agentVariables({
  layout,
  runtimes,
}: InstallOptions): Partial<Record<ProbedRuntime, Readonly<Record<string, string>>>> {
  const { agents } = layout;
  const candidates: [ProbedRuntime, string, string][] = [
    ['java', 'JVM_AUTO_INSTRUMENTATION_AGENT_PATH', agents.jvm],
    ['node', 'NODEJS_AUTO_INSTRUMENTATION_AGENT_PATH', agents.nodejs],
    ['python', 'PYTHON_AUTO_INSTRUMENTATION_AGENT_PATH_PREFIX', agents.python],
    ['ruby', 'RUBY_AUTO_INSTRUMENTATION_AGENT_PATH_PREFIX', agents.ruby],
  ];
  const found = candidates.filter(
    ([runtime, , path]) =>
      (runtimes.length === 0 || runtimes.includes(runtime)) && existsSync(hostPath(layout, path)),
  );
  return Object.fromEntries(
    found.map(([runtime, name, path]) => [runtime, { [name]: hostPath(layout, path) }]),
  );
}

/** Services that keep running without the library until they are started again. */
export function servicesToRestart(mode: InstallMode, units: readonly string[]): string[] {
  if (mode !== 'systemd' || !hasSystemd()) return [];
  if (units.length > 0) return [...units];
  const { status, stdout } = runHelper('systemctl', [
    'list-units',
    '--type=service',
    '--state=running',
    '--no-legend',
    '--plain',
  ]);
  if (status !== 0) return [];
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[0] ?? '')
    .filter((name) => name.endsWith('.service'));
}
