// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { PID_FLAG, RECURSIVE_FLAG, TARGET_ARG } from '../targets/targetFlags.ts';

const flags = {
  root: {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    summary: 'look for the interpreter as if DIR were /',
  },
  symbols: {
    kind: 'boolean',
    char: 's',
    summary: 'list the symbols that ask for the highest version',
  },
  recursive: RECURSIVE_FLAG as typeof RECURSIVE_FLAG,
  pid: PID_FLAG as typeof PID_FLAG,
} as const;
export type LibcFlags = typeof flags;

export const libcSpec: CommandSpec<LibcFlags> = defineCommand({
  id: 'libc',
  summary: 'Which C library a binary needs, which version at least, and how we know',
  description: [
    'Says glibc, musl, bionic, uclibc, none or unknown, with the evidence in the order it was ' +
      'weighed and a confidence. Where the interpreter and the needed libraries disagree (gcompat) ' +
      'both are said.',
    'The highest symbol version required tells on which distributions the file will start.',
  ],
  examples: [
    { command: 'otel-elf libc /bin/ls', says: 'the libc, its least version and the evidence' },
    { command: 'otel-elf libc --symbols /usr/bin/node', says: 'which symbols raise that version' },
    { command: 'otel-elf libc --json /bin/ls /bin/busybox', says: 'several at once, for a script' },
  ],
  args: [TARGET_ARG],
  flags,
  load: () => import('./run.ts'),
});
