// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { listenFlags, openFlag, storeFlags } from '../collect/collectorFlags.ts';
import { STORE_VARIABLES } from '../collect/storeFolder.ts';
import { samplingFlags, symbolFlags, targetFlags } from '../config/sharedFlags.ts';

const ownFlags = {
  duration: {
    kind: 'string',
    char: 'd',
    placeholder: 'TIME',
    summary: 'end after this time, for example 10m; without it at Ctrl-C',
  },
} as const;
export type LiveFlags = typeof ownFlags &
  typeof targetFlags &
  typeof samplingFlags &
  typeof symbolFlags &
  typeof listenFlags &
  typeof openFlag &
  typeof storeFlags;
const flags: LiveFlags = {
  ...ownFlags,
  ...targetFlags,
  ...samplingFlags,
  ...symbolFlags,
  ...listenFlags,
  ...openFlag,
  ...storeFlags,
};

export const liveSpec: CommandSpec<LiveFlags> = defineCommand({
  id: 'live',
  summary: 'This host in the browser, live: where every process spends its time',
  description: [
    'Samples every process and shows the result on a page that this command serves itself. It is what `otel-profile` alone does: nothing else has to be installed or running.',
    'Profiles are kept until the end, unless --store names a folder.',
  ],
  examples: [
    { command: 'sudo otel-profile live', says: 'the whole host, until Ctrl-C' },
    { command: 'sudo otel-profile live --pid 4242', says: 'one process and its children' },
    {
      command: 'sudo otel-profile live --listen 0.0.0.0:11000 --store /var/lib/profiles',
      says: 'reachable from elsewhere with the token that is printed, and kept',
    },
  ],
  args: [],
  flags,
  outputs: 'text',
  env: [
    ...STORE_VARIABLES,
    { name: 'CACHE_DIRECTORY', summary: 'where unwind tables are kept, set by systemd' },
    { name: 'DISPLAY', summary: 'whether there is a desktop to open a browser on' },
    { name: 'WAYLAND_DISPLAY', summary: 'the same' },
    { name: 'SUDO_USER', summary: 'whose desktop it is, set by sudo' },
    { name: 'DOAS_USER', summary: 'the same, set by doas' },
  ],
  load: () => import('./run.ts'),
});
