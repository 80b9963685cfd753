// SPDX-License-Identifier: Apache-2.0
// Names of symbol types, bindings and visibilities, in lower case as in the gABI without prefix.

export const STT = {
  NOTYPE: 0,
  OBJECT: 1,
  FUNC: 2,
  SECTION: 3,
  FILE: 4,
  COMMON: 5,
  TLS: 6,
  GNU_IFUNC: 10,
} as const;

export const STB = { LOCAL: 0, GLOBAL: 1, WEAK: 2, GNU_UNIQUE: 10 } as const;

const TYPES: Readonly<Record<number, string>> = {
  0: 'notype',
  1: 'object',
  2: 'func',
  3: 'section',
  4: 'file',
  5: 'common',
  6: 'tls',
  10: 'ifunc',
};
const BINDINGS: Readonly<Record<number, string>> = {
  0: 'local',
  1: 'global',
  2: 'weak',
  10: 'unique',
};
const VISIBILITIES = ['default', 'internal', 'hidden', 'protected'] as const;

/** Type of st_info; `0xb` where it has no name here. */
export function symbolTypeName(info: number): string {
  return TYPES[info & 15] ?? `0x${(info & 15).toString(16)}`;
}

/** Binding of st_info; `0xb` where it has no name here. */
export function symbolBindingName(info: number): string {
  return BINDINGS[info >> 4] ?? `0x${(info >> 4).toString(16)}`;
}

/** Visibility of st_other. */
export function symbolVisibilityName(other: number): string {
  return VISIBILITIES[other & 3]!;
}
