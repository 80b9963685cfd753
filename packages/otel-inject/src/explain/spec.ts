// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  'config-file': {
    kind: 'string',
    placeholder: 'FILE',
    completion: 'path',
    summary: 'take this configuration instead of the installed one',
  },
  root: {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    summary: 'look at programs and configuration below DIR',
  },
} as const;
export type ExplainFlags = typeof flags;

export const explainSpec: CommandSpec<ExplainFlags> = defineCommand({
  id: 'explain',
  summary: 'What would change for a command or a process, and why',
  description: [
    'Says for a command line, without starting it, or for a running process: will the library be loaded, which runtime it is, which variables would change and how, or the reason why nothing would.',
    'A command is followed through PATH, links, `#!` lines and `env`, with the variables of this shell. Of a running process it also says what the library left in its memory. Values that look secret are masked.',
  ],
  examples: [
    { command: 'otel-inject explain -- java -jar app.jar', says: 'a command that is not started' },
    { command: 'otel-inject explain 4242', says: 'a running process' },
    {
      command: 'otel-inject explain -- env OTEL_INJECTOR_SERVICE_NAME=shop ./start.sh',
      says: 'a script, with a variable that it would get',
    },
    { command: 'otel-inject explain --json -- node server.js', says: 'for a script' },
  ],
  args: [
    {
      name: 'PID|COMMAND',
      summary: 'process ID, or a command with its arguments after --',
      required: true,
      multiple: true,
      completion: 'pid',
    },
  ],
  flags,
  documentKey: 'targets',
  exitCodes: { 1: 'no agent is added to the command or process' },
  load: () => import('./run.ts'),
});
