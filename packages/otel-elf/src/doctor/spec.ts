// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {} as const;
export type DoctorFlags = typeof flags;

export const doctorSpec: CommandSpec<DoctorFlags> = defineCommand({
  id: 'doctor',
  summary: 'What this host lets otel-elf see, and what to do about the rest',
  description: [
    'Looks at kernel, rights, mounts and processes. Each check says what was found, what is lost ' +
      'where something is missing, and the next step. Nothing is changed.',
  ],
  examples: [
    { command: 'otel-elf doctor', says: 'all checks' },
    { command: 'sudo otel-elf doctor', says: 'what root sees beyond that' },
    { command: 'otel-elf doctor --json', says: 'for a support ticket' },
  ],
  args: [],
  flags,
  documentKey: 'checks',
  exitCodes: { 1: 'the tool itself cannot work here: no /proc, or a Node.js too old' },
  load: () => import('./run.ts'),
});
