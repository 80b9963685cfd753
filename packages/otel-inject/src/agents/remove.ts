// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { type AgentRuntime, factsOf } from './runtimes.ts';
import { findInstalled, refuseForeign, removeInstalled } from './store.ts';

export interface RemovedAgent {
  readonly runtime: AgentRuntime;
  readonly path: string;
  readonly wasThere: boolean;
}

/**
 * Deletes an agent that `add` installed, all its versions. Processes that still load parts of it
 * late will miss them; new ones start without an agent.
 * @throws ToolError `AGENT_FOREIGN` (exit 1); system errors
 */
export async function removeAgent(prefix: string, runtime: AgentRuntime): Promise<RemovedAgent> {
  const facts = factsOf(runtime);
  const installed = await findInstalled(prefix, facts);
  refuseForeign(installed);
  const wasThere = installed.kind === 'own';
  if (wasThere) await removeInstalled(prefix, facts);
  return { runtime, path: join(prefix, facts.folder), wasThere };
}
