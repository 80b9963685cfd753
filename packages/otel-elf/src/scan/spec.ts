// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { ROOT_FLAG } from '../targets/targetFlags.ts';

const flags = {
  proc: { kind: 'boolean', char: 'P', summary: 'every running process too, or alone without DIR' },
  root: ROOT_FLAG as typeof ROOT_FLAG,
  'show-args': {
    kind: 'boolean',
    summary: "processes' command lines, with what looks secret masked",
  },
  'show-env': {
    kind: 'boolean',
    summary: "processes' environment, with what looks secret masked",
  },
  'one-file-system': {
    kind: 'boolean',
    char: 'x',
    summary: 'do not descend into other file systems',
  },
} as const;
export type ScanFlags = typeof flags;

export const scanSpec: CommandSpec<ScanFlags> = defineCommand({
  id: 'scan',
  summary: 'An inventory of a host: every executable, and every running process',
  description: [
    'Walks directories and lists each ELF file by one line: kind, libc, runtime, build ID, what ' +
      'OpenTelemetry could do with it. With `--proc` lists the running processes, each executable ' +
      'read once.',
    'Symbolic links are not followed, other files than ELF passed over, and FIFOs and devices ' +
      'never opened. Command lines and environments often hold secrets: they are read only when ' +
      'asked for.',
  ],
  examples: [
    { command: 'otel-elf scan /usr/bin', says: 'every ELF file below a directory' },
    { command: 'otel-elf scan --proc', says: 'every running process' },
    { command: 'otel-elf scan --proc --ndjson /opt', says: 'both, a line of JSON each' },
  ],
  args: [
    {
      name: 'DIR',
      summary: 'where to look',
      requiredUnless: 'proc',
      multiple: true,
      completion: 'dir',
    },
  ],
  flags,
  load: () => import('./run.ts'),
});
