// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  brief: { kind: 'boolean', summary: 'which aspects match where, without the diffs' },
} as const;
export type ExplainFlags = typeof flags;

export const explainSpec: CommandSpec<ExplainFlags> = defineCommand({
  id: 'explain',
  summary: 'Which join points would match where, as a diff of the source',
  description: [
    "Weaves the named packages and what they are made of as `otel-go build` would, writes nothing, and shows each file that would change: which aspect, which of the file's lines, and the difference. Patterns are those of `go list`.",
  ],
  examples: [
    {
      command: 'otel-go explain ./...',
      says: 'everything that a build of the module would change',
    },
    { command: 'otel-go explain --brief .', says: 'aspects and places only' },
    { command: 'otel-go explain --json ./cmd/shop', says: 'for a script' },
  ],
  args: [{ name: 'PACKAGE', summary: 'a pattern of go list; . by default', multiple: true }],
  flags,
  documentKey: 'packages',
  load: () => import('./run.ts'),
});
