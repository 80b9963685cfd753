// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  root: {
    kind: 'string',
    char: 'R',
    placeholder: 'DIR',
    completion: 'dir',
    summary: 'resolve as if DIR were /, e.g. an unpacked container image',
  },
  depth: {
    kind: 'integer',
    char: 'd',
    placeholder: 'N',
    min: 1,
    max: 64,
    summary: 'show N levels of dependencies only',
  },
  all: { kind: 'boolean', char: 'a', summary: 'repeat subtrees that were already shown' },
  why: {
    kind: 'string',
    char: 'w',
    placeholder: 'LIB',
    summary: 'show who needs LIB, by every chain that leads to it, and why it was found there',
    exclusive: ['paths', 'depth', 'all'],
  },
  paths: {
    kind: 'boolean',
    char: 'p',
    summary: 'list the files only, in load order, one a line',
    exclusive: ['depth', 'all'],
  },
  'library-path': {
    kind: 'string',
    char: 'L',
    placeholder: 'DIRS',
    summary: 'search DIRS (colon-separated) as LD_LIBRARY_PATH would have it',
  },
} as const;
export type TreeFlags = typeof flags;

export const treeSpec: CommandSpec<TreeFlags> = defineCommand({
  id: 'tree',
  summary: 'The libraries a binary loads, in which order, and why each was found there',
  description: [
    'Follows DT_NEEDED as the dynamic loader of the binary would: glibc by RPATH, ' +
      'LD_LIBRARY_PATH, RUNPATH, ld.so.cache and the default directories; musl by its own path ' +
      'file. Nothing is executed, so that it is safe on untrusted files, and binaries of other ' +
      'machines and of container images (`--root`) work too. A process ID stands for its ' +
      'executable, seen from inside its container.',
    'What is shown once is dimmed and not repeated. Libraries that `.note.dlopen` announces are ' +
      'marked `dlopen`: their absence is no failure. LD_LIBRARY_PATH of the environment counts ' +
      'unless `--root` or a process is given.',
  ],
  examples: [
    { command: 'otel-elf tree /usr/bin/python3', says: 'the dependency tree' },
    { command: 'otel-elf tree --why libz.so.1 /usr/bin/python3', says: 'who needs zlib' },
    { command: 'otel-elf tree --paths /bin/ls', says: 'the files alone, in load order' },
    {
      command: 'otel-elf tree --root /var/lib/image/rootfs /usr/bin/app',
      says: 'the tree inside an unpacked image',
    },
  ],
  args: [
    {
      name: 'PATH',
      summary: 'executable, library or process ID; - for stdin',
      required: true,
      multiple: true,
      completion: 'path',
    },
  ],
  flags,
  env: [{ name: 'LD_LIBRARY_PATH', summary: 'searched as the loader would' }],
  exitCodes: { 1: 'a library was not found, or a part of the work failed' },
  load: () => import('./run.ts'),
});
