// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  deps: { kind: 'boolean', char: 'd', summary: 'list the modules it was built from' },
  settings: {
    kind: 'boolean',
    char: 's',
    summary: 'list the build settings, version control and linker flags included',
  },
  functions: {
    kind: 'boolean',
    char: 'f',
    summary: 'list the functions by pclntab, in stripped binaries too',
  },
  filter: {
    kind: 'string',
    placeholder: 'REGEX',
    summary: 'list only the functions whose names match',
  },
  limit: {
    kind: 'integer',
    placeholder: 'N',
    min: 1,
    max: 100_000_000,
    summary: 'list only the first N functions',
  },
  recursive: { kind: 'boolean', char: 'r', summary: 'walk directories and show every Go binary' },
} as const;
export type GoFlags = typeof flags;

export const goSpec: CommandSpec<GoFlags> = defineCommand({
  id: 'go',
  summary: 'What a Go binary was built from: Go version, modules, settings, functions',
  description: [
    'Like `go version -m`, without Go: version, main module, dependencies with replacements, ' +
      'settings, version control state. Works on stripped and PIE binaries, of any machine.',
    'Exits with 1 for a binary that is not made by Go.',
  ],
  examples: [
    { command: 'otel-elf go /usr/local/bin/app', says: 'version, main module and a summary' },
    { command: 'otel-elf go --deps --settings ./app', says: 'modules and build settings' },
    {
      command: "otel-elf go --functions --filter '^net/http\\.' ./app",
      says: 'where the functions of net/http are',
    },
  ],
  args: [
    {
      name: 'PATH',
      summary: 'Go binary, directory (with --recursive), or - for stdin',
      required: true,
      multiple: true,
      completion: 'path',
    },
  ],
  flags,
  exitCodes: { 1: 'a file is not made by Go, or a part of the work failed' },
  load: () => import('./run.ts'),
});
