// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { samplingFlags, symbolFlags, targetFlags } from '../config/sharedFlags.ts';

const ownFlags = {
  duration: {
    kind: 'string',
    char: 'd',
    placeholder: 'TIME',
    summary: 'end after that; without a terminal the default is 3s',
  },
  interval: {
    kind: 'string',
    char: 'i',
    placeholder: 'TIME',
    default: '2s',
    summary: 'time between two looks at a terminal, and what each of them covers',
  },
  once: {
    kind: 'boolean',
    summary: 'print once and end, on a terminal too',
  },
  rows: {
    kind: 'integer',
    char: 'n',
    placeholder: 'N',
    min: 1,
    max: 200,
    default: 20,
    summary: 'functions to show',
  },
  sort: {
    kind: 'option',
    placeholder: 'BY',
    values: ['self', 'total'],
    default: 'self',
    summary: 'by self (the function itself) or total (with what it calls)',
  },
} as const;
export type TopFlags = typeof ownFlags &
  typeof targetFlags &
  typeof samplingFlags &
  typeof symbolFlags;
const flags: TopFlags = { ...ownFlags, ...targetFlags, ...samplingFlags, ...symbolFlags };

export const topSpec: CommandSpec<TopFlags> = defineCommand({
  id: 'top',
  summary: 'The hottest functions of this host, now',
  description: [
    'On a terminal the table is refreshed until q or Ctrl-C. Elsewhere it is printed once, for `--duration`. Kernel functions, C, C++, Rust, Zig and Go are named where their symbols are on this host.',
  ],
  examples: [
    { command: 'sudo otel-profile top', says: 'everything that runs, refreshed' },
    { command: 'sudo otel-profile top --pid 4242', says: 'one process and its children' },
    { command: 'sudo otel-profile top -d 10s --json', says: 'ten seconds, for a script' },
  ],
  args: [],
  flags,
  documentKey: 'functions',
  exitCodes: { 1: 'the profiler ended before its time' },
  load: () => import('./run.ts'),
});
