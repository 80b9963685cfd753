// SPDX-License-Identifier: Apache-2.0
// Where the fields of the record stand that native/elfscan fills, in words of 32 bits: the order of
// `Record` in elfscan.h. A text is its address and its length; at address 0 there is none.
import type { DebugForm } from '../debug/debugFacts.ts';
import type { ElfKind } from '../elf/kind.ts';

export const FIELD = {
  elfType: 0,
  machine: 1,
  flags: 2,
  osabi: 3,
  abiVersion: 4,
  entryLow: 5,
  entryHigh: 6,
  kind: 7,
  hasRelro: 8,
  stackFlags: 9,
  writableExecutable: 10,
  dynamicFlags: 11,
  dynamicFlags1: 12,
  hasBindNow: 13,
  hasTextrel: 14,
  canary: 15,
  fortify: 16,
  stripped: 17,
  featureBits: 18,
  hasAbiTag: 19,
  abiTag: 20,
  debugLinkCrc: 24,
  formCount: 25,
  forms: 26,
  interpreter: 34,
  soname: 36,
  rpath: 38,
  runpath: 40,
  buildId: 42,
  package: 44,
  debugLink: 46,
  firstVersion: 48,
  firstLibrary: 50,
  highestVersion: 52,
  neededCount: 54,
  probeCount: 55,
  needed: 56,
  probes: 312,
} as const;

/** `PROBES` of elfscan.h. */
const PROBES = 128;
export const RECORD_WORDS: number = FIELD.probes + 2 * PROBES;

/** No PT_GNU_STACK. */
export const STACK_ABSENT = 0xffffffff;

export const KINDS: readonly ElfKind[] = ['exec', 'pie', 'static-pie', 'shared'];

/** By the order of `forms` in sections.c. */
export const FORMS: readonly DebugForm[] = [
  'zdebug',
  'dwo',
  'dwp',
  'stabs',
  'ctf',
  'btf',
  'gnu_debugdata',
  'gnu_debuglink',
  'gnu_debugaltlink',
  'symtab',
];

/** What scan() answers. */
export const OUTCOME = { notMine: 0, done: 1, notElf: 2 } as const;

/** What scan() is asked for. */
export const PARTS = { loader: 0, all: 1 } as const;
