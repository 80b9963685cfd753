// SPDX-License-Identifier: Apache-2.0
// What `install` and `uninstall` have in common in front of a person: the plan that is only shown,
// the rights that are needed, and steps that are told of to their end.
import { ExitCode, type Output, ToolError } from '@otelkit/cli-kit';
import type { Layout } from '../layout/paths.ts';
import { planJson, renderPlan } from './renderPlan.ts';
import { type ShownSteps, showSteps } from './showSteps.ts';
import { watchSignals } from './signals.ts';
import type { Plan } from './types.ts';

/** The plan as a diff or as data, and nothing done. */
export async function showPlan(output: Output, plan: Plan, nothing: string): Promise<ExitCode> {
  await output.emit({
    key: 'plans',
    json: () => planJson(plan),
    text: (context) => (plan.operations.length === 0 ? `${nothing}\n` : renderPlan(plan, context)),
  });
  return output.exitCode();
}

/** @throws ToolError `NOT_ROOT` where only root may change what is meant */
export function requireRights(
  { root, scope }: Layout,
  { message, hint }: { readonly message: string; readonly hint: string },
): void {
  if (root !== '/' || scope === 'account' || process.getuid?.() === 0) return;
  throw new ToolError(message, { code: 'NOT_ROOT', exitCode: ExitCode.io, hint });
}

/**
 * Carries out `work`, which ends with `flush` before it says more. A failure is reported behind
 * the steps that led to it; a signal asks the work to end.
 */
export async function withShownSteps(
  output: Output,
  work: (shown: ShownSteps & { readonly isCancelled: () => boolean }) => Promise<void>,
): Promise<ExitCode> {
  const signals = watchSignals();
  const shown = showSteps(output);
  try {
    await work({ ...shown, isCancelled: () => signals.isCancelled() });
  } catch (error) {
    await shown.flush();
    output.problem(error);
  } finally {
    signals.stop();
  }
  return output.exitCode();
}
