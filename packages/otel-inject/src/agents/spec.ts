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
    placeholder: 'PATH',
    completion: 'path',
    summary: 'take what was downloaded elsewhere: a directory, or the jar of the Java agent',
  },
} as const;
export type AgentsFlags = typeof flags;

export const agentsSpec: CommandSpec<AgentsFlags> = defineCommand({
  id: 'agents',
  summary: 'Lists, fetches, checks and removes the agents of each runtime',
  description: [
    '`add` fetches pinned versions by the ordinary package clients (Maven Central, npm, PyPI), checks their sums, and lays them out below /usr/lib/opentelemetry as the library expects them. It changes nothing unless everything is there and right, and new processes see the new version from one moment to the next.',
    '`verify` reads every file again and compares it with what was installed and pinned; it also says where the agents cannot be read by all programs, or could be changed by others. Ruby and .NET agents are in no package registry: unpack a download and give it with `--from`.',
  ],
  examples: [
    { command: 'otel-inject agents list', says: 'what is there and what could be' },
    { command: 'sudo otel-inject agents add java node python', says: 'fetches these' },
    { command: 'otel-inject agents verify', says: 'checks sums and permissions' },
    {
      command: 'sudo otel-inject agents add java --from opentelemetry-javaagent.jar',
      says: 'without a network, or another version',
    },
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
      summary: 'java, node, python, ruby or dotnet; `list` and `verify` take all when left out',
      multiple: true,
    },
  ],
  env: [{ name: 'PATH', summary: 'where Python interpreters are looked for, to compile for them' }],
  documentKey: 'agents',
  exitCodes: { 1: 'an agent is damaged, missing, or cannot be fetched' },
  flags,
  load: () => import('./run.ts'),
});
