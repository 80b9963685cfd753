// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  mode: {
    kind: 'option',
    char: 'm',
    placeholder: 'MODE',
    values: ['ld-preload', 'systemd', 'user', 'session', 'container', 'files'],
    default: 'ld-preload',
    summary: 'where the library is made known',
  },
  unit: {
    kind: 'string',
    placeholder: 'UNIT',
    multiple: true,
    summary: 'with --mode systemd: this unit alone; repeatable',
  },
  runtime: {
    kind: 'option',
    char: 'r',
    placeholder: 'RUNTIME',
    values: ['java', 'node', 'python', 'ruby', 'dotnet'],
    multiple: true,
    summary: 'only these runtimes; repeatable; all that have an agent otherwise',
  },
  library: {
    kind: 'string',
    placeholder: 'FILE',
    completion: 'path',
    summary: 'install this libotelinject.so instead of the one that came along',
  },
  root: {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    summary: 'install below DIR as if it were /, for images',
  },
  'add-agents': {
    kind: 'boolean',
    summary: 'fetch the agents that are missing first, as `otel-inject agents add` does',
  },
  format: {
    kind: 'option',
    placeholder: 'FORMAT',
    values: ['pod', 'compose'],
    default: 'pod',
    summary: 'with --mode container: what the lines are for',
  },
  probe: {
    kind: 'boolean',
    negatable: true,
    summary: 'try the library on programs of this host first; on unless --no-probe',
  },
  'dry-run': { kind: 'boolean', char: 'n', summary: 'show the plan as a diff and change nothing' },
} as const;
export type InstallFlags = typeof flags;

export const installSpec: CommandSpec<InstallFlags> = defineCommand({
  id: 'install',
  summary: 'Every process started from now on carries its OpenTelemetry agent',
  description: [
    'Makes a plan, tries it on real programs, activates it by one atomic rename, checks it, and rolls everything back if a step fails. Nothing that others put into the same files is touched.',
    '`--mode ld-preload` adds the library to /etc/ld.so.preload, for the whole host; `systemd` sets it for all services or the units named; `user` (user services and graphical sessions) and `session` (login shells) for your account, or as root for every account; `container` prints what a Pod or a Compose service needs and changes nothing; `files` puts library and configuration in place and nothing in force.',
  ],
  examples: [
    { command: 'otel-inject install --dry-run', says: 'the plan as a diff; nothing is changed' },
    { command: 'sudo otel-inject install', says: 'the whole host, by /etc/ld.so.preload' },
    { command: 'sudo otel-inject install --mode systemd --unit shop.service', says: 'one service' },
    {
      command: 'otel-inject install --mode container --runtime java',
      says: 'lines for a Pod or a Compose service',
    },
  ],
  args: [],
  documentKey: 'steps',
  flags,
  env: [{ name: 'PATH', summary: 'with --add-agents: where npm, pip and Maven are found' }],
  load: () => import('./run.ts'),
});
