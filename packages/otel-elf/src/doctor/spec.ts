// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {} as const;
export type DoctorFlags = typeof flags;

export const doctorSpec: CommandSpec<DoctorFlags> = defineCommand({
  id: 'doctor',
  summary: 'What this host lets otel-elf see, and what to do about the rest',
  description: [
    'Tries what the other commands need: reading /proc of other users, following map_files, the ' +
      "loader's cache, Node's version. Each check says what works, what is lost where it does not, " +
      'and the next step. Nothing is changed.',
  ],
  examples: [
    { command: 'otel-elf doctor', says: 'all checks' },
    { command: 'sudo otel-elf doctor', says: 'what root sees beyond that' },
    { command: 'otel-elf doctor --json', says: 'for a support ticket' },
  ],
  args: [],
  flags,
  documentKey: 'checks',
  exitCodes: { 1: 'a check found something missing' },
  load: () => import('./run.ts'),
});
