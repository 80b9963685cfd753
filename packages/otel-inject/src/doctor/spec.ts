// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  pid: {
    kind: 'integer',
    char: 'p',
    placeholder: 'PID',
    min: 1,
    max: 4_194_304,
    completion: 'pid',
    summary: 'look at this process',
  },
  mend: {
    kind: 'boolean',
    summary: 'undo or finish a change that was interrupted, and nothing else',
  },
  root: {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    summary: 'look at the installation below DIR',
  },
} as const;
export type DoctorFlags = typeof flags;

export const doctorSpec: CommandSpec<DoctorFlags> = defineCommand({
  id: 'doctor',
  summary: 'Why a process carries no agent, and what to do about it',
  description: [
    'Checks the installation, the agents, the configuration and what this host forbids, each with what it costs and the command that mends it.',
  ],
  examples: [
    { command: 'otel-inject doctor', says: 'the whole installation' },
    { command: 'otel-inject doctor --pid 4242', says: 'why this process sends nothing' },
    { command: 'sudo otel-inject doctor --mend', says: 'after an install that was cut off' },
    { command: 'otel-inject doctor --json', says: 'for a script' },
  ],
  args: [],
  flags,
  documentKey: 'checks',
  exitCodes: { 1: 'something keeps injection from working' },
  load: () => import('./run.ts'),
});
