// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { PID_FLAG, RECURSIVE_FLAG, ROOT_FLAG, TARGET_ARG } from '../targets/targetFlags.ts';

const flags = {
  recursive: RECURSIVE_FLAG as typeof RECURSIVE_FLAG,
  pid: PID_FLAG as typeof PID_FLAG,
  root: ROOT_FLAG as typeof ROOT_FLAG,
} as const;
export type InspectFlags = typeof flags;

export const inspectSpec: CommandSpec<InspectFlags> = defineCommand({
  id: 'inspect',
  summary: 'Everything that matters about a binary, on one screen',
  description: [
    'Identity, dependencies, libc and the newest symbol version it needs, IDs, Go build ' +
      'information, notes, hardening and debug information of each file.',
    'An argument of digits only is a process ID when no file of that name exists. `-` reads a ' +
      'binary from stdin. A directory needs `--recursive`; files in it that are not ELF are passed ' +
      'over in silence, and symbolic links are not followed.',
    'The file is read by parts, never as a whole; nothing in it is executed.',
  ],
  examples: [
    { command: 'otel-elf inspect /bin/ls', says: 'one binary on one screen' },
    { command: 'otel-elf inspect --pid 1', says: 'what process 1 runs, even if deleted since' },
    {
      command: 'otel-elf inspect --recursive --ndjson /usr/bin',
      says: 'a line of JSON for each ELF file below a directory',
    },
    { command: 'otel-elf inspect - < /bin/true', says: 'a binary from stdin' },
  ],
  args: [TARGET_ARG],
  flags,
  load: () => import('./run.ts'),
});
