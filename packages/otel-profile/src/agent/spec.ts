// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { symbolFlags, targetFlags } from '../config/sharedFlags.ts';
import { collectorFlags } from './collectorFlags.ts';
import { environmentVariables } from './environmentNames.ts';
import { profilerFlags } from './profilerFlags.ts';

export type AgentFlags = typeof collectorFlags &
  typeof profilerFlags &
  typeof targetFlags &
  typeof symbolFlags;
const flags: AgentFlags = { ...collectorFlags, ...profilerFlags, ...targetFlags, ...symbolFlags };

export const agentSpec: CommandSpec<AgentFlags> = defineCommand({
  id: 'agent',
  summary: 'Profiles of everything on this host, sent to a collector, until it is stopped',
  description: [
    'Samples every process and sends OTLP profiles. It is the default command: `otel-profile --collection-agent=host:11000` is enough, and flags may have one dash. What the collector does not take now waits in memory and on disk; at SIGTERM everything sampled so far is sent first.',
    'Each flag can also be given as a variable (`OTEL_PROFILING_AGENT_` and the flag in capitals with underscores) or in a YAML file (`--config`, keys are the names of flags); a flag outweighs a variable, a variable the file. The variables `OTEL_EXPORTER_OTLP_*` are understood as everywhere.',
  ],
  examples: [
    {
      command: 'sudo otel-profile agent --collection-agent=collector.example:4317',
      says: 'the whole host to a collector by gRPC over TLS',
    },
    {
      command: 'sudo otel-profile agent -collection-agent=127.0.0.1:11000 -disable-tls',
      says: 'to a local viewer, in the style of Go programs',
    },
    {
      command: 'sudo otel-profile agent --config /etc/otel-profile.yaml --metrics-listen=:9464',
      says: 'settings from a file, and figures of its own for Prometheus',
    },
  ],
  args: [],
  flags,
  outputs: 'text',
  env: environmentVariables(Object.keys(flags)),
  load: () => import('./run.ts'),
});
