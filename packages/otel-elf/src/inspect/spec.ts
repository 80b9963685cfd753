// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  recursive: { kind: 'boolean', char: 'r', summary: 'walk directories and inspect every ELF file' },
  pid: {
    kind: 'integer',
    char: 'p',
    placeholder: 'PID',
    multiple: true,
    min: 1,
    max: 4_194_304,
    completion: 'pid',
    summary: 'inspect the executable of a running process; repeatable',
  },
  root: {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    summary: 'look for libraries as if DIR were /',
  },
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
  args: [
    {
      name: 'PATH',
      summary: 'ELF file, directory (with --recursive), process ID, or - for stdin',
      requiredUnless: 'pid',
      multiple: true,
      completion: 'path',
    },
  ],
  flags,
  load: () => import('./run.ts'),
});
