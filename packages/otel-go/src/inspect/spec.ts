// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  all: {
    kind: 'boolean',
    char: 'a',
    summary: 'every probe and every offset, and libraries that are not in the program',
  },
  helper: {
    kind: 'string',
    placeholder: 'FILE',
    hidden: true,
    summary: 'use this otel-bpf-helper',
  },
} as const;
export type InspectFlags = typeof flags;

export const inspectSpec: CommandSpec<InspectFlags> = defineCommand({
  id: 'inspect',
  summary: 'What could be traced of a Go program: libraries, probes, offsets and their origin',
  description: [
    'Reads the file as `attach` does, without attaching anything and without any right but to read it: which libraries that probes are known for are linked in, which instructions would be probed and what a hit costs there, and where the offsets of their structs come from: the DWARF of the program, the type descriptors of its runtime (they survive stripping), or a table of known versions.',
    'Where a library cannot be instrumented, it says why.',
  ],
  examples: [
    { command: 'otel-go inspect ./shop', says: 'a program, stripped or not' },
    { command: 'otel-go inspect --all ./shop', says: 'with every probe and every offset' },
    { command: 'sudo otel-go inspect 4242 --json', says: 'the program of a process, for a script' },
  ],
  args: [
    {
      name: 'PATH',
      summary: 'Go program, or the number of a process',
      required: true,
      multiple: true,
      completion: 'path',
    },
  ],
  flags,
  documentKey: 'programs',
  exitCodes: { 1: 'a program is not made by Go, or nothing in it can be instrumented' },
  load: () => import('./run.ts'),
});
