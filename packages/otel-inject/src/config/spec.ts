// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  'config-file': {
    kind: 'string',
    placeholder: 'FILE',
    completion: 'path',
    summary: 'this file instead of the installed ones',
  },
  root: {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    summary: 'the configuration below DIR',
  },
} as const;
export type ConfigFlags = typeof flags;

export const configSpec: CommandSpec<ConfigFlags> = defineCommand({
  id: 'config',
  summary: 'Reads, changes and checks the configuration',
  description: [
    '`get` shows the values in force and which file and line each comes from; `set` changes one key and keeps comments and order; `validate` names the file, line and column of what is wrong, and the key that was probably meant.',
    'The files are injector.conf and conf.d/*.conf; variables of this shell that stand above them are shown as such.',
  ],
  examples: [
    { command: 'otel-inject config get', says: 'every key, its value, and where it comes from' },
    {
      command: 'sudo otel-inject config set exclude_paths /usr/bin/myshell',
      says: 'changes one key',
    },
    { command: 'otel-inject config validate', says: 'checks all files' },
  ],
  args: [
    { name: 'ACTION', summary: 'what to do', required: true, values: ['get', 'set', 'validate'] },
    { name: 'KEY [VALUE]', summary: 'key to read or set, and its new value', multiple: true },
  ],
  flags,
  documentKey: 'settings',
  exitCodes: { 1: 'the configuration is not valid' },
  load: () => import('./run.ts'),
});
