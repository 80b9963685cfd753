// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  'dry-run': { kind: 'boolean', summary: 'say what would be written, and write nothing' },
  remove: {
    kind: 'boolean',
    summary: 'take out what an earlier pin wrote',
    exclusive: ['dry-run'],
  },
} as const;
export type PinFlags = typeof flags;

export const pinSpec: CommandSpec<PinFlags> = defineCommand({
  id: 'pin',
  summary: 'Registers the instrumentation in a module, so that every build of it is the same',
  description: [
    'Writes into the module of this folder: `.otelkit/go`, a copy of the module that woven code calls (the standard library is all that it needs); a `require` and a `replace` for it in go.mod; and otel.tool.go, whose imports name the packages of aspects that the module uses. Commit all three. Plain `go build` works as before and links none of it.',
    'Nothing has to be pinned for `otel-go build`; pinning fixes the version, and makes builds possible that only set `GOFLAGS=-toolexec=otel-go-toolexec`. A file otel.tool.go that exists is left as it is.',
  ],
  examples: [
    { command: 'otel-go pin', says: 'registers it in the module of this folder' },
    { command: 'otel-go pin --dry-run', says: 'what would be written' },
    { command: 'otel-go pin --remove', says: 'takes it out again' },
  ],
  args: [],
  flags,
  documentKey: 'changes',
  load: () => import('./run.ts'),
});
