// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  root: {
    kind: 'string',
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
    kind: 'boolean',
    char: 'w',
    summary: 'show the rule that found each library, and the places tried for missing ones',
  },
  paths: { kind: 'boolean', char: 'p', summary: 'show full paths instead of the names asked for' },
  'library-path': {
    kind: 'string',
    placeholder: 'DIRS',
    env: 'LD_LIBRARY_PATH',
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
      'machines and of container images (`--root`) work too.',
    'Exits with 1 when a library is missing.',
  ],
  examples: [
    { command: 'otel-elf tree /usr/bin/node', says: 'the dependency tree' },
    {
      command: 'otel-elf tree --why --paths /bin/ls',
      says: 'where each was found, and by which rule',
    },
    {
      command: 'otel-elf tree --root /var/lib/image/rootfs /usr/bin/app',
      says: 'the tree inside an unpacked image',
    },
  ],
  args: [
    {
      name: 'PATH',
      summary: 'executable or library, or - for stdin',
      required: true,
      multiple: true,
      completion: 'path',
    },
  ],
  flags,
  exitCodes: { 1: 'a library was not found, or a part of the work failed' },
  load: () => import('./run.ts'),
});
