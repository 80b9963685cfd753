// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

type NoFlags = Record<never, never>;

export const aspectsSpec: CommandSpec<NoFlags> = defineCommand({
  id: 'aspects',
  summary: 'What is built in, what this module adds, and checks for files of your own',
  description: [
    'Lists every aspect that `otel-go build` would apply here: the built-in ones and those of the module (otelkit.yml, otelkit.*.yml). With `lint`, checks files instead: each mistake with its aspect, line and column. docs/go-build.md describes the files.',
  ],
  examples: [
    { command: 'otel-go aspects', says: 'all that is in force in this module' },
    { command: 'otel-go aspects lint otelkit.yml', says: 'checks a file of your own' },
    { command: 'otel-go aspects list --json', says: 'for a script' },
  ],
  args: [
    { name: 'ACTION', summary: 'list (the default) or lint', values: ['list', 'lint'] },
    { name: 'FILE', summary: 'with lint: the files to check', multiple: true, completion: 'file' },
  ],
  flags: {},
  documentKey: 'aspects',
  exitCodes: { 1: 'a file has mistakes' },
  load: () => import('./run.ts'),
});
