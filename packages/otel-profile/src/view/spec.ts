// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { listenFlags, openFlag } from '../collect/collectorFlags.ts';

export type ViewFlags = typeof listenFlags & typeof openFlag;
const flags: ViewFlags = { ...listenFlags, ...openFlag };

export const viewSpec: CommandSpec<ViewFlags> = defineCommand({
  id: 'view',
  summary: 'One profile in the browser, or two compared',
  description: [
    'Reads pprof, OTLP, folded stacks, speedscope and the text of `perf script`, packed by gzip or not, and shows them on a page until it is stopped. Nothing is kept.',
    'Of two files the first is what the second is compared with.',
  ],
  examples: [
    { command: 'otel-profile view app.pb.gz', says: 'one profile' },
    { command: 'otel-profile view before.pb.gz after.pb.gz', says: 'what changed' },
    {
      command: 'perf script | otel-profile view - --no-open',
      says: 'from a pipe; the address is printed',
    },
  ],
  args: [
    {
      name: 'FILE',
      summary: 'profile, - for standard input',
      required: true,
      multiple: true,
      completion: 'path',
    },
  ],
  flags,
  outputs: 'text',
  env: [
    { name: 'DISPLAY', summary: 'whether there is a desktop to open a browser on' },
    { name: 'WAYLAND_DISPLAY', summary: 'the same' },
    { name: 'SUDO_USER', summary: 'whose desktop it is, set by sudo' },
    { name: 'DOAS_USER', summary: 'the same, set by doas' },
  ],
  load: () => import('./run.ts'),
});
