// SPDX-License-Identifier: Apache-2.0
// One change of the installation, from the lock to the last step, with the way back. Install and
// uninstall differ only in their plan and in what they do between its parts.
import { ToolError, toProblem } from '@otelkit/cli-kit';
import { hostPath, type Layout } from '../layout/paths.ts';
import { takeLock } from './lock.ts';
import type { Step, StepOutcome, StepRunner } from './steps.ts';
import { Transaction } from './transaction.ts';
import type { Plan } from './types.ts';
import { type Recovery, recover, type UndoReport } from './undo.ts';

/** @param createdParents directories that were made for the state directory, the deepest first */
export type PlanMaker = (createdParents: readonly string[]) => Plan;

/** What a command adds to the steps that all changes have. */
export interface ChangeHooks {
  /** Steps between staging and activation: the new files lie beside their places. */
  readonly beforeActivation?: (transaction: Transaction) => readonly Step[];
  /** Called when the files are in place and nothing refers to them yet. */
  readonly beforeEntries?: (plan: Plan) => void;
  /** Steps when everything is in force but can still be undone. */
  readonly afterActivation?: (plan: Plan) => readonly Step[];
  /** After undoing: what was told of the change must be told again. Never throws. */
  readonly afterRollback?: (plan: Plan) => void;
  /** True when the user wants to stop; asked between the steps. */
  readonly isCancelled: () => boolean;
}

export interface ChangeResult {
  readonly plan: Plan;
  readonly recovery: Recovery | undefined;
  /** False when everything was as wanted already. */
  readonly isChanged: boolean;
}

/**
 * Takes the lock, mends what an earlier run left, plans, and carries the plan out; rolled back as
 * a whole when any step fails.
 * @throws ToolError the failure, with what was done about it in its hint
 */
export async function change(
  layout: Layout,
  makePlan: PlanMaker,
  runSteps: StepRunner,
  hooks: ChangeHooks,
): Promise<ChangeResult> {
  const lock = takeLock(layout);
  let stateParents: readonly string[] = [];
  try {
    const { createdParents } = lock;
    const result = await changeLocked(
      layout,
      () => makePlan(createdParents.map((path) => insideRoot(layout, path))),
      runSteps,
      hooks,
    );
    stateParents = result.plan.stateParents ?? [];
    return result;
  } finally {
    lock.release(stateParents.map((path) => hostPath(layout, path)));
  }
}

function insideRoot({ root }: Layout, path: string): string {
  return root === '/' ? path : path.slice(root.length);
}

async function changeLocked(
  layout: Layout,
  makePlan: () => Plan,
  runSteps: StepRunner,
  hooks: ChangeHooks,
): Promise<ChangeResult> {
  let recovery: Recovery | undefined;
  let plan: Plan | undefined;
  const planStep: Step = {
    id: 'plan',
    title: 'Compare what is there with what is wanted',
    run: () => {
      recovery = recover(layout);
      plan = makePlan();
      return { detail: planDetail(plan, recovery) };
    },
  };
  await runSteps([planStep]);
  const made = plan as Plan | undefined;
  if (made === undefined) throw new Error('the step that plans did not run');
  if (made.operations.length === 0) return { plan: made, recovery, isChanged: false };
  await carryOut(made, runSteps, hooks);
  return { plan: made, recovery, isChanged: true };
}

async function carryOut(plan: Plan, runSteps: StepRunner, hooks: ChangeHooks): Promise<void> {
  const transaction = new Transaction(plan);
  // A defect, or a terminal that went away, must not end the process half-way.
  const undo = (): void => {
    transaction.rollback();
  };
  process.on('exit', undo);
  const guarded = (steps: readonly Step[]): Step[] =>
    steps.map((step) => ({
      ...step,
      run: (say) => {
        if (hooks.isCancelled()) throw cancelled();
        return step.run(say);
      },
    }));
  try {
    await runSteps(
      guarded([
        {
          id: 'stage',
          title: 'Write new files beside their places',
          run: () => stage(transaction, plan),
        },
        ...(hooks.beforeActivation?.(transaction) ?? []),
        {
          id: 'activate',
          title: 'Put them in force',
          run: () => activate(transaction, plan, hooks),
        },
        ...(hooks.afterActivation?.(plan) ?? []),
      ]),
    );
    if (hooks.isCancelled()) throw cancelled();
    transaction.commit();
  } catch (error) {
    // Whatever ends the process from here on finds the journal only, as after a crash.
    process.off('exit', undo);
    const undone = rollBack(transaction, error);
    hooks.afterRollback?.(plan);
    throw failure(error, undone);
  }
  process.off('exit', undo);
  transaction.finish();
}

function stage(transaction: Transaction, { operations }: Plan): StepOutcome {
  transaction.stage();
  const files = operations.filter(({ bytes }) => bytes !== undefined).length;
  return { detail: `${files} ${files === 1 ? 'file' : 'files'} written and synced` };
}

function activate(transaction: Transaction, plan: Plan, hooks: ChangeHooks): StepOutcome {
  if (plan.command === 'install') {
    transaction.activate(({ role }) => role === 'activation' || role === 'receipt');
    hooks.beforeEntries?.(plan);
  }
  transaction.activate();
  const { length } = plan.operations;
  return { detail: `${length} ${length === 1 ? 'change' : 'changes'}` };
}

function rollBack(transaction: Transaction, cause: unknown): UndoReport {
  try {
    return transaction.rollback();
  } catch (error) {
    const problem = toProblem(error).record;
    throw new ToolError(
      `${toProblem(cause).record.message}; and undoing failed at ` +
        `${problem.path ?? 'an unknown path'}: ${problem.message}`,
      {
        code: 'ROLLBACK_FAILED',
        exitCode: 4,
        hint: 'mend what is named, then run `otel-inject uninstall`: it finishes from the journal',
      },
      { cause },
    );
  }
}

/** The failure as it is told: where, what, that all is as before, and the next step. */
function failure(error: unknown, { kept }: UndoReport): unknown {
  const { record, exitCode, unexpected } = toProblem(error);
  if (unexpected) return error;
  const { message, fileOffset: _, hint = hintFor(record.code), ...details } = record;
  const remains = kept.map(({ path, why }) => `${path}: ${why}`).join('; ');
  const undone = kept.length === 0 ? 'everything is as it was before' : `undone, but ${remains}`;
  return new ToolError(
    `${message}; ${undone}`,
    { ...details, exitCode, ...(hint !== undefined && { hint }) },
    { cause: error },
  );
}

/** What the kernel's refusals of root mean, mostly. */
function hintFor(code: string): string | undefined {
  if (code === 'EPERM') return 'the file may be immutable: see `lsattr` of it, and `chattr -i`';
  if (code === 'ENOSPC') return 'make room on that file system';
  if (code !== 'EROFS') return undefined;
  return 'that file system is read-only: build it into the image with --root';
}

function cancelled(): ToolError {
  return new ToolError('interrupted', { code: 'CANCELLED' });
}

function planDetail({ operations }: Plan, recovery: Recovery | undefined): string {
  const mended =
    recovery === undefined
      ? ''
      : `an ${recovery.command} of ${recovery.startedAt} that did not end was ${recovery.outcome}; `;
  const { length } = operations;
  if (length === 0) return `${mended}nothing to change`;
  return `${mended}${length} ${length === 1 ? 'change' : 'changes'}`;
}
