// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  set: {
    kind: 'string',
    placeholder: 'KEY=VALUE',
    multiple: true,
    summary: 'a configuration key for this run; repeatable',
  },
  library: {
    kind: 'string',
    placeholder: 'FILE',
    completion: 'path',
    summary: 'preload this libotelinject.so',
  },
} as const;
export type RunFlags = typeof flags;

export const runSpec: CommandSpec<RunFlags> = defineCommand({
  id: 'run',
  summary: 'One command with its agent, without installing anything',
  description: [
    'Starts the command with the library preloaded for it and its children; what is preloaded already stays. Signals are passed on to it; the exit code is its own, or 128 and the number of the signal that ended it. Nothing stays behind.',
    'Agents at their usual places are used where no configuration names one. `--set` takes every key of the configuration, and service_name, service_version, service_namespace, resource_attributes and log_level.',
  ],
  examples: [
    { command: 'otel-inject run -- java -jar app.jar', says: 'a Java program with its agent' },
    { command: 'otel-inject run -- node server.js', says: 'a Node.js program with its agent' },
    {
      command: 'otel-inject run --set service_name=shop -- python3 app.py',
      says: 'with a setting for this run',
    },
  ],
  args: [
    { name: 'COMMAND', summary: 'the command and its arguments', required: true, multiple: true },
  ],
  flags,
  outputs: 'text',
  load: () => import('./run.ts'),
});
