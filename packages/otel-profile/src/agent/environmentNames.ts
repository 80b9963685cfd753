// SPDX-License-Identifier: Apache-2.0
import { type EnvSpec, exporterVariables } from '@otelkit/cli-kit';

const PREFIX = 'OTEL_PROFILING_AGENT_';

/** `reporter-interval` → `OTEL_PROFILING_AGENT_REPORTER_INTERVAL`. */
export function variableOf(flag: string): string {
  return PREFIX + flag.replaceAll('-', '_').toUpperCase();
}

/** Every variable that the agent reads. */
export function environmentVariables(flags: readonly string[]): EnvSpec[] {
  const own = flags.map((flag) => ({ name: variableOf(flag), summary: `the same as --${flag}` }));
  return [
    ...own,
    ...exporterVariables(['PROFILES', 'METRICS']),
    { name: 'K8S_NODE_NAME', summary: 'k8s.node.name of the resource, by the downward API' },
    { name: 'DEBUGINFOD_URLS', summary: 'servers for --debuginfod, separated by spaces' },
    { name: 'STATE_DIRECTORY', summary: 'where reports wait for the collector, set by systemd' },
    { name: 'CACHE_DIRECTORY', summary: 'where unwind tables are kept, set by systemd' },
  ];
}
