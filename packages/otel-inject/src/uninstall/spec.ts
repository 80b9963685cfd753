// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  purge: { kind: 'boolean', summary: 'remove agents and configuration as well' },
  root: {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    summary: 'uninstall below DIR as if it were /',
  },
  'dry-run': { kind: 'boolean', char: 'n', summary: 'show the plan as a diff and change nothing' },
} as const;
export type UninstallFlags = typeof flags;

export const uninstallSpec: CommandSpec<UninstallFlags> = defineCommand({
  id: 'uninstall',
  summary: 'The host as it was before, byte for byte',
  description: [
    'Takes out what `install` put in, in every mode, and nothing else. Agents and configuration that people edited stay unless `--purge` is given; what stays is said.',
  ],
  examples: [
    { command: 'otel-inject uninstall --dry-run', says: 'what would be taken out' },
    { command: 'sudo otel-inject uninstall', says: 'takes it out' },
    { command: 'sudo otel-inject uninstall --purge', says: 'agents and configuration too' },
  ],
  args: [],
  documentKey: 'steps',
  flags,
  load: () => import('./run.ts'),
});
