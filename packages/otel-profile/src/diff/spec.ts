// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

const flags = {
  'fail-if': {
    kind: 'string',
    placeholder: 'RULE',
    multiple: true,
    summary: "exit 1 where this holds beyond sampling error: 'self(parseJson) > +10%'; repeatable",
  },
  format: {
    kind: 'option',
    placeholder: 'FORMAT',
    values: ['text', 'json', 'markdown'],
    default: 'text',
    summary: 'text, json or markdown (for a pull request)',
  },
  type: {
    kind: 'string',
    placeholder: 'TYPE',
    summary: 'type of samples to compare, for example off_cpu or alloc_space',
  },
  rows: {
    kind: 'integer',
    char: 'n',
    placeholder: 'COUNT',
    min: 1,
    max: 100_000,
    default: 20,
    summary: 'functions at most',
  },
} as const;
export type DiffFlags = typeof flags;

export const diffSpec: CommandSpec<DiffFlags> = defineCommand({
  id: 'diff',
  summary: 'What grew and shrank between two profiles, with the sampling error beside it',
  description: [
    'Compares the share of each function, so that runs of different length can be compared; any format that `view` reads. A change that chance could have made is marked with ~.',
    'Rules: `self(NAME)` or `total(NAME)`, a name or `re:` and a regular expression, then `> +10%` (grew by more), `> +2pp` (percentage points) or `> 5%` (share of the new profile); `any self > +2pp` looks at each function. A rule is broken only where sampling error does not explain it (docs/profile-diff.md).',
  ],
  examples: [
    { command: 'otel-profile diff base.pb.gz new.pb.gz', says: 'the largest changes' },
    {
      command: "otel-profile diff base.pb.gz new.pb.gz --fail-if 'self(parseJson) > +10%'",
      says: 'in CI: exit 1 where parseJson has grown by more than a tenth',
    },
    {
      command:
        "otel-profile diff base.pb.gz new.pb.gz --format markdown --fail-if 'any self > +2pp'",
      says: 'a table for a pull request; no function may take two points more',
    },
  ],
  args: [
    { name: 'BASE', summary: 'profile from before', required: true, completion: 'path' },
    { name: 'NEW', summary: 'profile from now', required: true, completion: 'path' },
  ],
  flags,
  outputs: 'text',
  load: () => import('./run.ts'),
});
