// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { PID_FLAG, ROOT_FLAG } from '../targets/targetFlags.ts';

const flags = {
  pid: PID_FLAG as typeof PID_FLAG,
  root: ROOT_FLAG as typeof ROOT_FLAG,
  'show-args': {
    kind: 'boolean',
    summary: 'the command line, with what looks secret masked',
  },
  'show-env': {
    kind: 'boolean',
    summary: 'the environment, with what looks secret masked',
  },
} as const;
export type ExplainFlags = typeof flags;

export const explainSpec: CommandSpec<ExplainFlags> = defineCommand({
  id: 'explain',
  summary: 'What can be injected, profiled and traced in a process, and why not',
  description: [
    'Answers with the reason: will the preload library be loaded; which runtime is it, and which ' +
      'agent would it get; can its stacks be unwound, and symbolized from where; can Go probes ' +
      'attach, to which libraries, by which offsets.',
    'An argument of digits only is a process ID when no file of that name exists.',
  ],
  examples: [
    { command: 'otel-elf explain 1', says: 'one process' },
    { command: 'otel-elf explain /usr/bin/node', says: 'a binary that does not run yet' },
    { command: 'otel-elf explain --json --pid 1', says: 'the answers for a script' },
  ],
  args: [
    {
      name: 'PID|PATH',
      summary: 'process ID, or ELF file',
      requiredUnless: 'pid',
      multiple: true,
      completion: 'path',
    },
  ],
  flags,
  documentKey: 'targets',
  exitCodes: { 1: 'nothing of OpenTelemetry can work there, or a part of the work failed' },
  load: () => import('./run.ts'),
});
