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
    'Starts the command with the library preloaded for it and its children. Its exit code is passed on.',
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
  load: () => import('./run.ts'),
});
