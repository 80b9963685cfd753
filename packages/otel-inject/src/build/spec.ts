// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  target: {
    kind: 'option',
    char: 't',
    placeholder: 'MACHINE',
    values: ['x86_64', 'aarch64', 'x86', 'all'],
    multiple: true,
    summary: 'machine to build for; repeatable; this one when left out',
  },
  out: {
    kind: 'string',
    char: 'o',
    placeholder: 'DIR',
    completion: 'dir',
    default: 'libotelinject',
    summary: 'where the libraries go',
  },
  zig: { kind: 'string', placeholder: 'FILE', completion: 'path', summary: 'the Zig compiler' },
  check: {
    kind: 'string',
    placeholder: 'FILE',
    completion: 'path',
    summary: 'check this file instead of building',
  },
} as const;
export type BuildFlags = typeof flags;

export const buildSpec: CommandSpec<BuildFlags> = defineCommand({
  id: 'build',
  summary: 'Compiles libotelinject.so and checks what came out',
  description: [
    'Compiles the library with Zig for the chosen machines and checks its ELF shape: no needed library, no undefined strong symbol, one constructor, no relocation in text, full RELRO, at most 64 KiB.',
  ],
  examples: [
    { command: 'otel-inject build', says: 'for this machine' },
    { command: 'otel-inject build --target all --out dist', says: 'for every machine' },
    { command: 'otel-inject build --check libotelinject.so', says: 'only checks a file' },
  ],
  args: [],
  flags,
  load: () => import('./run.ts'),
});
