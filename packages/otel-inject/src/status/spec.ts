// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  pid: {
    kind: 'integer',
    char: 'p',
    placeholder: 'PID',
    multiple: true,
    min: 1,
    max: 4_194_304,
    completion: 'pid',
    summary: 'only these processes; repeatable',
  },
  all: { kind: 'boolean', char: 'a', summary: 'processes of no known runtime too' },
  root: {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    summary: 'look at the installation below DIR',
  },
} as const;
export type StatusFlags = typeof flags;

export const statusSpec: CommandSpec<StatusFlags> = defineCommand({
  id: 'status',
  summary: 'What is installed, which running processes are injected, which stood down and why',
  description: [
    'Reads what running processes really have from /proc: the library in their mappings, and what it left in their memory. Processes started before the installation are listed as such; those of other users that cannot be read are counted. No value of a variable is shown.',
  ],
  examples: [
    { command: 'otel-inject status', says: 'the whole host' },
    { command: 'otel-inject status --pid 4242', says: 'one process' },
    { command: 'otel-inject status --json', says: 'for a script' },
  ],
  args: [],
  flags,
  documentKey: 'processes',
  exitCodes: { 1: 'nothing is installed, or something is not as it was installed' },
  load: () => import('./run.ts'),
});
