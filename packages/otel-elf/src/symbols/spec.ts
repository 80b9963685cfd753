// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  dynamic: { kind: 'boolean', char: 'D', summary: 'only .dynsym, what the loader sees' },
  undefined: {
    kind: 'boolean',
    char: 'u',
    exclusive: ['defined'],
    summary: 'only symbols taken from other files',
  },
  defined: { kind: 'boolean', char: 'd', summary: 'only symbols this file has' },
  filter: {
    kind: 'string',
    char: 'f',
    placeholder: 'REGEX',
    summary: 'only names that match, with or without their version',
  },
  limit: {
    kind: 'integer',
    char: 'n',
    placeholder: 'N',
    min: 1,
    max: 100_000_000,
    summary: 'stop after N symbols',
  },
  address: {
    kind: 'address',
    char: 'a',
    placeholder: 'ADDR',
    multiple: true,
    summary: 'which symbol holds this address (0x… or decimal); repeatable',
  },
} as const;
export type SymbolsFlags = typeof flags;

export const symbolsSpec: CommandSpec<SymbolsFlags> = defineCommand({
  id: 'symbols',
  documentKey: 'symbols',
  summary: 'The symbols of a binary with versions, from every table it has',
  description: [
    'Lists .symtab, .dynsym and the compressed .gnu_debugdata, with section, binding, type, ' +
      'visibility and version. Without section headers .dynsym is found by PT_DYNAMIC and its hash ' +
      'table.',
    '`--filter` takes letters, `.`, classes, groups, `|`, `*` `+` `?` `{m,n}`, `^` and `$`, but no ' +
      'look-around and no back-references: no name in a file can make the search slow.',
    'With `--address` answers which symbol holds an address, and the offset into it.',
  ],
  examples: [
    { command: 'otel-elf symbols --undefined /bin/ls', says: 'what it takes from libraries' },
    {
      command: "otel-elf symbols --filter '^SSL_' /usr/lib/x86_64-linux-gnu/libssl.so.3",
      says: 'functions by name',
    },
    { command: 'otel-elf symbols --address 0x4a10 ./app', says: 'the symbol at an address' },
  ],
  args: [
    {
      name: 'PATH',
      summary: 'ELF file, or - for stdin',
      required: true,
      multiple: true,
      completion: 'path',
    },
  ],
  flags,
  exitCodes: { 1: 'no symbol matched, or a part of the work failed' },
  load: () => import('./run.ts'),
});
