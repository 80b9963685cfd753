// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation, ToolError } from '@otelkit/cli-kit';
import { accountLayout, hostLayout, type Layout, normalizedRoot } from '../layout/paths.ts';
import { findLibrary } from '../library/find.ts';
import { type ChangeHooks, change } from '../plan/change.ts';
import { planJson, renderPlan } from '../plan/renderPlan.ts';
import { stepRunner } from '../plan/showSteps.ts';
import { watchSignals } from '../plan/signals.ts';
import { type InstallOptions, planInstall } from './planInstall.ts';
import type { InstallFlags } from './spec.ts';

type Flags = Invocation<InstallFlags>['flags'];

export async function run(invocation: Invocation<InstallFlags>): Promise<ExitCode> {
  const { flags, output, cwd } = invocation;
  const layout = layoutFor(flags, cwd);
  const { arch } = process;
  const found = findLibrary({ given: flags.library, cwd, arch });
  const { mode, unit: units, runtime: runtimes } = flags;
  if (mode === 'container') return ExitCode.ok;
  const options: InstallOptions = { layout, mode, units, runtimes, found, arch };
  if (flags['dry-run']) {
    const plan = planInstall(options);
    await output.emit({
      key: 'plans',
      json: () => planJson(plan),
      text: (context) =>
        plan.operations.length === 0 ? 'Nothing to change.\n' : renderPlan(plan, context),
    });
    return output.exitCode();
  }
  requireRights(layout);
  const signals = watchSignals();
  try {
    const hooks: ChangeHooks = { isCancelled: () => signals.isCancelled() };
    const result = await change(layout, () => planInstall(options), stepRunner(output), hooks);
    for (const note of result.plan.notes) output.note(note);
    output.member('changed', result.isChanged);
    await output.say(() =>
      result.isChanged
        ? 'Installed. Processes started from now on carry their agents.\n'
        : 'Already installed like this; nothing was changed.\n',
    );
  } catch (error) {
    output.problem(error);
  } finally {
    signals.stop();
  }
  return output.exitCode();
}

function layoutFor({ mode, root }: Flags, cwd: string): Layout {
  const isAccount = (mode === 'user' || mode === 'session') && process.getuid?.() !== 0;
  const base = normalizedRoot(root ?? '/', cwd);
  return isAccount ? accountLayout(undefined, base) : hostLayout(base);
}

function requireRights({ root, scope }: Layout): void {
  if (root !== '/' || scope === 'account' || process.getuid?.() === 0) return;
  throw new ToolError('installing for the whole host needs root', {
    code: 'NOT_ROOT',
    exitCode: ExitCode.io,
    hint: 'run it with sudo, or see the plan with --dry-run, or take --mode user',
  });
}
