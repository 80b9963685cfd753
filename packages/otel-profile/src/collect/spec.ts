// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { listenFlags, storeFlags } from './collectorFlags.ts';
import { STORE_VARIABLES } from './storeFolder.ts';

const ownFlags = {
  'require-token-for-data': {
    kind: 'boolean',
    group: 'Page',
    summary: 'agents must send the token too, as the header Authorization: Bearer TOKEN',
  },
} as const;
export type CollectFlags = typeof ownFlags & typeof listenFlags & typeof storeFlags;
const flags: CollectFlags = { ...listenFlags, ...ownFlags, ...storeFlags };

export const collectSpec: CommandSpec<CollectFlags> = defineCommand({
  id: 'collect',
  summary: 'A collector and its page, for agents on this host or elsewhere',
  description: [
    'Takes OTLP profiles and traces from any agent, over gRPC and HTTP on one port, keeps them in a folder, and shows them on a page of its own.',
    'It listens to this host only, unless --listen says otherwise; the page then asks for a token, which is printed with its address.',
  ],
  examples: [
    { command: 'otel-profile collect', says: 'for agents on this host: 127.0.0.1:11000' },
    {
      command: 'otel-profile collect --listen 0.0.0.0:11000 --retention 72h --max-store 2GB',
      says: 'for agents elsewhere, three days of them',
    },
    {
      command: 'otel-profile collect --store off --listen 127.0.0.1:0',
      says: 'nothing is left behind; on any free port',
    },
  ],
  args: [],
  flags,
  outputs: 'text',
  env: [
    ...STORE_VARIABLES,
    { name: 'OTEL_PROFILE_TOKEN', summary: 'the token, where no --token is given' },
  ],
  load: () => import('./run.ts'),
});
