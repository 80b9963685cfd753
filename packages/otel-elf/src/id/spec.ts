// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { PID_FLAG, RECURSIVE_FLAG, TARGET_ARG } from '../targets/targetFlags.ts';

const flags = {
  only: {
    kind: 'option',
    char: 'o',
    placeholder: 'KIND',
    values: ['gnu', 'go', 'file', 'kernel'],
    summary: 'print this kind of ID alone, one a line, for scripts',
  },
  recursive: RECURSIVE_FLAG as typeof RECURSIVE_FLAG,
  pid: PID_FLAG as typeof PID_FLAG,
} as const;
export type IdFlags = typeof flags;

export const idSpec: CommandSpec<IdFlags> = defineCommand({
  id: 'id',
  summary: 'The IDs by which debuggers, symbol servers and OpenTelemetry profiles name a binary',
  description: [
    'The GNU build ID, the Go build ID, the file ID of OpenTelemetry profiles ' +
      '(`process.executable.build_id.htlhash`), and the ID given to the kernel and its modules.',
    'With `--only`, a file without such an ID gives exit code 1.',
  ],
  examples: [
    { command: 'otel-elf id /bin/ls', says: 'all IDs of a file' },
    { command: 'otel-elf id --only gnu /bin/ls', says: 'the build ID alone, e.g. for debuginfod' },
    { command: 'otel-elf id --json /usr/bin/node /bin/sh', says: 'several files, for a script' },
  ],
  args: [TARGET_ARG],
  flags,
  exitCodes: { 1: 'a file has no ID of the kind asked for, or a part of the work failed' },
  load: () => import('./run.ts'),
});
