// SPDX-License-Identifier: Apache-2.0
import { rmdirSync } from 'node:fs';
import { type ExitCode, type Invocation, type Output, printable } from '@otelkit/cli-kit';
import { type RemovedAgent, removeAgent } from '../agents/remove.ts';
import { RUNTIMES } from '../agents/runtimes.ts';
import {
  accountLayout,
  hostLayout,
  hostPath,
  type Layout,
  normalizedRoot,
} from '../layout/paths.ts';
import { change } from '../plan/change.ts';
import { readReceipt } from '../plan/receipt.ts';
import { requireRights, showPlan, withShownSteps } from '../plan/showChange.ts';
import { concernsSystemd, reloadStep } from '../plan/systemd.ts';
import type { Plan } from '../plan/types.ts';
import { planUninstall } from './planUninstall.ts';
import type { UninstallFlags } from './spec.ts';

export async function run(invocation: Invocation<UninstallFlags>): Promise<ExitCode> {
  const { flags, output, cwd } = invocation;
  const layout = layoutFor(normalizedRoot(flags.root ?? '/', cwd));
  const makePlan = (): Plan =>
    planUninstall({ layout, receipt: readReceipt(layout), purge: flags.purge });
  if (flags['dry-run']) return showPlan(output, makePlan(), 'Nothing is installed.');
  requireRights(layout, {
    message: 'the installation of the whole host needs root to be removed',
    hint: 'run it with sudo, or see the plan with --dry-run',
  });
  return withShownSteps(output, async ({ runSteps, flush, isCancelled }) => {
    const result = await change(layout, makePlan, runSteps, {
      isCancelled,
      afterActivation: (plan) => (concernsSystemd(plan) ? [reloadStep(false)] : []),
    });
    await flush();
    for (const note of result.plan.notes) output.note(note);
    if (result.recovery !== undefined) output.member('recovery', result.recovery);
    if (flags.purge) output.member('agents', await purgeAgents(layout, output));
    output.member('changed', result.isChanged);
    await output.say(() =>
      result.isChanged
        ? 'Removed. Running processes keep the library until they end.\n'
        : 'Nothing is installed; nothing was changed.\n',
    );
  });
}

/** Removes agents that `agents add` put there; what packages own stays, and is said. */
async function purgeAgents(layout: Layout, output: Output): Promise<RemovedAgent[]> {
  const removed: RemovedAgent[] = [];
  const prefix = hostPath(layout, layout.agents.prefix);
  for (const { runtime } of RUNTIMES) {
    try {
      const agent = await removeAgent(prefix, runtime);
      if (!agent.wasThere) continue;
      removed.push(agent);
      await output.say(() => `${runtime}: the agent in ${printable(agent.path)} is removed\n`);
    } catch (error) {
      output.problem(error);
    }
  }
  try {
    rmdirSync(prefix);
  } catch {
    // Not there, or others keep something in it.
  }
  return removed;
}

/** An ordinary user's own installation where they have one, the host's otherwise. */
function layoutFor(root: string): Layout {
  const account = accountLayout(undefined, root);
  const isOwn = process.getuid?.() !== 0 && readReceipt(account) !== undefined;
  return isOwn ? account : hostLayout(root);
}
