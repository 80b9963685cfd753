// SPDX-License-Identifier: Apache-2.0
import { homedir, userInfo } from 'node:os';
import type { ExitCode, Invocation, Output } from '@otelkit/cli-kit';
import { accountLayout, hostLayout, type Layout, normalizedRoot } from '../layout/paths.ts';
import { findLibrary } from '../library/find.ts';
import { type ChangeResult, change } from '../plan/change.ts';
import { requireRights, showPlan, withShownSteps } from '../plan/showChange.ts';
import { agentSteps, hasAgents } from './agentSteps.ts';
import { containerYaml } from './container.ts';
import { guardedInstall, servicesToRestart } from './guards.ts';
import { type InstallMode, type InstallOptions, planInstall } from './planInstall.ts';
import type { InstallFlags } from './spec.ts';

type Flags = Invocation<InstallFlags>['flags'];

export async function run(invocation: Invocation<InstallFlags>): Promise<ExitCode> {
  const { flags, output, cwd, env } = invocation;
  const layout = layoutFor(flags, cwd);
  if (flags.mode === 'container') return printContainer(invocation, layout);
  const { arch } = process;
  const found = findLibrary({ given: flags.library, cwd, arch });
  const { mode, unit: units, runtime: runtimes } = flags;
  // Not userInfo's: $HOME is where the account's programs look.
  const account = { home: homedir(), shell: userInfo().shell ?? '/bin/sh' };
  const options: InstallOptions = { layout, mode, units, runtimes, found, arch, account };
  if (flags['dry-run']) return showPlan(output, planInstall(options), 'Nothing to change.');
  requireRights(layout, {
    message: 'installing for the whole host needs root',
    hint: 'run it with sudo, or see the plan with --dry-run, or take --mode user',
  });
  return withShownSteps(output, async ({ runSteps, flush, isCancelled }) => {
    const isProbed = flags.probe !== false;
    if (flags['add-agents']) await runSteps(agentSteps(layout, runtimes, env['PATH']));
    const { makePlan, hooks } = guardedInstall({ ...options, isProbed, isCancelled });
    const result = await change(layout, makePlan, runSteps, hooks);
    await flush();
    await report(output, result, options);
  });
}

const DONE: Readonly<Record<InstallMode, string>> = {
  'ld-preload': 'Installed. Processes started from now on carry their agents.',
  systemd: 'Installed. Services started from now on carry their agents.',
  user: 'Installed. User services and sessions carry their agents from the next login on.',
  session: 'Installed. What login shells start carries its agent from the next login on.',
  files: 'In place. Nothing loads the library yet.',
};

async function report(
  output: Output,
  { plan, recovery, isChanged }: ChangeResult,
  { mode, units, layout }: InstallOptions,
): Promise<void> {
  const restart = isChanged && layout.root === '/' ? servicesToRestart(mode, units) : [];
  output.member('changed', isChanged);
  output.member('notes', plan.notes);
  output.member('restart', restart);
  if (recovery !== undefined) output.member('recovery', recovery);
  for (const note of plan.notes) output.note(note);
  if (!hasAgents(layout)) {
    output.note(
      'no agent is there yet, so nothing changes: otel-inject agents add java node python',
    );
  }
  if (restart.length > 0) {
    output.note(`running without it until restarted: systemctl restart ${restart.join(' ')}`);
  }
  await output.say(() =>
    isChanged ? `${DONE[mode]}\n` : 'Already installed like this; nothing was changed.\n',
  );
}

async function printContainer(
  { flags, output }: Invocation<InstallFlags>,
  layout: Layout,
): Promise<ExitCode> {
  const yaml = containerYaml(layout, flags.format, flags.runtime);
  await output.emit({
    key: 'containers',
    json: () => ({ format: flags.format, yaml }),
    text: () => yaml,
  });
  return output.exitCode();
}

function layoutFor({ mode, root }: Flags, cwd: string): Layout {
  const isAccount = (mode === 'user' || mode === 'session') && process.getuid?.() !== 0;
  const base = normalizedRoot(root ?? '/', cwd);
  return isAccount ? accountLayout(undefined, base) : hostLayout(base);
}
