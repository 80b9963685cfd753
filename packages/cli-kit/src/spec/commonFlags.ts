// SPDX-License-Identifier: Apache-2.0
// Flags that commands have without declaring them.

import type { AnyCommandSpec } from './command.ts';
import type { FlagSpecs } from './flags.ts';

const GROUP = 'Output';

const dataFlags = {
  json: {
    kind: 'boolean',
    group: GROUP,
    exclusive: ['ndjson'],
    summary: 'one JSON document on stdout',
  },
  ndjson: {
    kind: 'boolean',
    group: GROUP,
    summary: 'a line of JSON for each result, as they come',
  },
} as const;

const talkFlags = {
  color: {
    kind: 'option',
    group: GROUP,
    placeholder: 'WHEN',
    values: ['auto', 'always', 'never'],
    default: 'auto',
    summary: 'colour the text: auto, always or never',
  },
  progress: {
    kind: 'boolean',
    negatable: true,
    group: GROUP,
    summary: 'show progress on stderr; the default is only on a terminal',
  },
} as const;

/** What the flags that {@link allFlags} adds may hold. */
export interface CommonFlagValues {
  readonly json?: boolean;
  readonly ndjson?: boolean;
  readonly color: 'auto' | 'always' | 'never';
  readonly progress: boolean | undefined;
}

/** The command's own flags and the common ones. */
export function allFlags(spec: Pick<AnyCommandSpec, 'flags' | 'outputs'>): FlagSpecs {
  return spec.outputs === 'data'
    ? { ...spec.flags, ...dataFlags, ...talkFlags }
    : { ...spec.flags, ...talkFlags };
}
