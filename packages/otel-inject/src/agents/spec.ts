// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  prefix: {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    default: '/usr/lib/opentelemetry',
    summary: 'where the agents are',
  },
  from: {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    summary: 'take agents that were downloaded elsewhere from DIR',
  },
} as const;
export type AgentsFlags = typeof flags;

export const agentsSpec: CommandSpec<AgentsFlags> = defineCommand({
  id: 'agents',
  summary: 'Lists, fetches, checks and removes the agents of each runtime',
  description: [
    '`add` fetches pinned versions by the ordinary package clients (Maven Central, npm, PyPI), checks their sums, and lays them out below /usr/lib/opentelemetry as the library expects them; `verify` checks what is there.',
  ],
  examples: [
    { command: 'otel-inject agents list', says: 'what is there and what could be' },
    { command: 'sudo otel-inject agents add java node python', says: 'fetches these' },
    { command: 'otel-inject agents verify', says: 'checks sums and permissions' },
  ],
  args: [
    {
      name: 'ACTION',
      summary: 'what to do',
      required: true,
      values: ['list', 'add', 'verify', 'remove'],
    },
    {
      name: 'RUNTIME',
      summary: 'java, node, python, ruby or dotnet; all when left out',
      multiple: true,
    },
  ],
  flags,
  load: () => import('./run.ts'),
});
