// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  target: {
    kind: 'option',
    char: 't',
    placeholder: 'MACHINE',
    values: ['x86_64', 'aarch64', 'x86', 'arm', 'all'],
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
    'Compiles the library with Zig for the chosen machines and checks its ELF shape: no needed library, no undefined strong symbol, one constructor, no thread-local storage, no relocation in text, nothing writable and executable, full RELRO, at most 64 KiB. x86 and arm are stubs that do nothing: with them 32-bit programs start without a complaint.',
    'Each machine has a folder of its own below --out. The sources are in a checkout; an installed package comes with the library compiled.',
  ],
  examples: [
    { command: 'otel-inject build', says: 'for this machine' },
    { command: 'otel-inject build --target all --out dist', says: 'for every machine' },
    { command: 'otel-inject build --check libotelinject.so', says: 'only checks a file' },
  ],
  args: [],
  documentKey: 'libraries',
  exitCodes: { 1: 'a library is not what it must be, or could not be compiled' },
  flags,
  load: () => import('./run.ts'),
});
