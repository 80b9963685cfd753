// SPDX-License-Identifier: Apache-2.0
// What is the same for every command, for man pages and the reference.

export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'everything asked for was done; also when the reader of stdout went away'],
  [1, 'a negative answer, or a part of the work failed'],
  [2, 'the command line is wrong; nothing was done'],
  [3, 'some input is not ELF, or is damaged'],
  [4, 'some input could not be read: missing, forbidden, vanished'],
  [70, 'a defect of the tool'],
];

export const VARIABLES: readonly { readonly name: string; readonly summary: string }[] = [
  { name: 'NO_COLOR', summary: 'when not empty, no colours (unless `--color always`)' },
  {
    name: 'FORCE_COLOR',
    summary: 'when not empty, colours also where stdout is no terminal; 0 for none',
  },
  { name: 'COLUMNS', summary: 'the width to fit text into; the default is that of the terminal' },
  { name: 'OTELKIT_DEBUG', summary: 'when not empty, defects of the tool show their stack' },
  {
    name: 'NODE_DISABLE_COMPILE_CACHE',
    summary:
      'when not empty, no compiled code is kept for a faster start; otherwise in ' +
      '`$XDG_CACHE_HOME/otelkit` or `~/.cache/otelkit`, for root in `/var/cache/otelkit`, and only ' +
      'where nobody else can write',
  },
];
