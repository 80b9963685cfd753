// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { samplingFlags, symbolFlags, targetFlags } from '../config/sharedFlags.ts';

const ownFlags = {
  duration: {
    kind: 'string',
    char: 'd',
    placeholder: 'TIME',
    summary: 'how long, for example 30s or 2m; without it until the command ends or Ctrl-C',
  },
  output: {
    kind: 'string',
    char: 'o',
    placeholder: 'FILE',
    completion: 'path',
    summary:
      'where to write; its ending tells the format; the default is profile.pb.gz, or as the format has it',
  },
  format: {
    kind: 'option',
    placeholder: 'FORMAT',
    values: ['pprof', 'speedscope', 'folded', 'otlp', 'top'],
    summary: 'pprof, speedscope, folded, otlp, or top: a table, which is printed without --output',
  },
  debuginfod: {
    kind: 'boolean',
    group: 'Names',
    summary:
      'fetch missing debug files from the servers in DEBUGINFOD_URLS, which learn what runs here',
  },
} as const;
export type RecordFlags = typeof ownFlags &
  typeof targetFlags &
  typeof samplingFlags &
  typeof symbolFlags;
const flags: RecordFlags = { ...ownFlags, ...targetFlags, ...samplingFlags, ...symbolFlags };

export const recordSpec: CommandSpec<RecordFlags> = defineCommand({
  id: 'record',
  summary: 'A profile of one command, some processes or the whole host, in a file',
  description: [
    'Samples what runs and writes one file: pprof (`.pb.gz`), speedscope (`.speedscope.json`), folded stacks (`.folded`), or an OTLP request (`.otlp`).',
    'A command is started as the user who typed it, also under sudo. It is sampled from its first instruction on, with its children. Signals are passed on to it and the exit code is its own, or 128 and the number of the signal that ended it. When the duration is over before the command is, it gets SIGTERM.',
    'Without a command, `--pid`, `--container`, `--cgroup` or `--user`, everything on the host is recorded.',
  ],
  examples: [
    {
      command: 'sudo otel-profile record -d 30s -o app.pb.gz -- ./app',
      says: 'one program for thirty seconds; go tool pprof reads it',
    },
    {
      command: 'sudo otel-profile record -d 10s -o host.speedscope.json',
      says: 'the whole host, for https://www.speedscope.app',
    },
    {
      command: 'sudo otel-profile record --pid 4242 -d 1m -o hot.folded',
      says: 'a running process and its children as folded stacks',
    },
  ],
  args: [{ name: 'COMMAND', summary: 'the command and its arguments', multiple: true }],
  flags,
  outputs: 'text',
  env: [
    { name: 'SUDO_USER', summary: 'who the command runs as, set by sudo' },
    { name: 'DOAS_USER', summary: 'the same, set by doas' },
    { name: 'DEBUGINFOD_URLS', summary: 'servers for --debuginfod, separated by spaces' },
  ],
  load: () => import('./run.ts'),
});
