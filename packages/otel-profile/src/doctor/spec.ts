// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  helper: {
    kind: 'string',
    placeholder: 'FILE',
    hidden: true,
    summary: 'use this otel-bpf-helper',
  },
} as const;
export type DoctorFlags = typeof flags;

export const doctorSpec: CommandSpec<DoctorFlags> = defineCommand({
  id: 'doctor',
  summary: 'What this host allows a profiler, what is missing, and what that costs',
  description: [
    'Tries what the profiler needs of the kernel, without attaching anything: features and not version numbers. Each answer says what is lost without it and the next step.',
  ],
  examples: [
    { command: 'sudo otel-profile doctor', says: 'this host' },
    { command: 'sudo otel-profile doctor --json', says: 'for a script' },
    {
      command: 'otel-profile doctor || echo no profiles here',
      says: 'as a condition: the exit code is 1 where profiling is impossible',
    },
  ],
  args: [],
  flags,
  documentKey: 'checks',
  exitCodes: { 1: 'profiling is not possible here' },
  load: () => import('./run.ts'),
});
