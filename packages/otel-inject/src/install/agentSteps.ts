// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { addAgent } from '../agents/add.ts';
import { factsOf, RUNTIMES } from '../agents/runtimes.ts';
import { hostPath, type Layout } from '../layout/paths.ts';
import type { Step } from '../plan/steps.ts';
import type { RuntimeName } from './configFiles.ts';

/**
 * A step for each agent that is wanted: those named, or all that can be fetched.
 * @param searchPath where package clients are looked for
 */
export function agentSteps(
  layout: Layout,
  runtimes: readonly RuntimeName[],
  searchPath: string | undefined,
): Step[] {
  const all = RUNTIMES.map(({ runtime }) => runtime);
  const wanted =
    runtimes.length > 0 ? runtimes : all.filter((one) => factsOf(one).pin !== undefined);
  const prefix = hostPath(layout, layout.agents.prefix);
  return wanted.map((runtime) => ({
    id: 'agents',
    title: `Fetch the agent for ${runtime}`,
    run: async (say) => {
      const added = await addAgent({ prefix, runtime, searchPath, onStep: say });
      const version = added.version === undefined ? '' : ` ${added.version}`;
      return { detail: `${added.change}${version}`, data: { agent: added } };
    },
  }));
}

/** Whether any agent is where the configuration that `install` writes looks for it. */
export function hasAgents(layout: Layout): boolean {
  const { jvm, nodejs, python, ruby, dotnet } = layout.agents;
  return [jvm, nodejs, python, ruby, dotnet].some((path) => existsSync(hostPath(layout, path)));
}
