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
  hasDynamic: 15,
  canary: 16,
  fortify: 17,
  stripped: 18,
  featureBits: 19,
  hasAbiTag: 20,
  abiTag: 21,
  debugLinkCrc: 25,
  formCount: 26,
  forms: 27,
  interpreter: 35,
  soname: 37,
  rpath: 39,
  runpath: 41,
  buildId: 43,
  package: 45,
  debugLink: 47,
  firstVersion: 49,
  firstLibrary: 51,
  highestVersion: 53,
  neededCount: 55,
  probeCount: 56,
  needed: 57,
  probes: 313,
} as const;

/** `PROBES` of elfscan.h. */
const PROBES = 128;
export const RECORD_WORDS: number = FIELD.probes + 2 * PROBES;

/** No PT_GNU_STACK. */
export const STACK_ABSENT = 0xffffffff;

export const KINDS: readonly ElfKind[] = ['exec', 'pie', 'static-pie', 'shared', 'relocatable'];

/** Of `canary` and `fortify`: no table of symbols tells. */
export const UNKNOWN = 2;

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
  'dwarf',
  'symtab',
];

/** What scan() answers. */
export const OUTCOME = { notMine: 0, done: 1, notElf: 2 } as const;

/** What scan() is asked for. */
export const PARTS = { loader: 0, all: 1 } as const;

/** Answers kept for the files that agree in all that they depend on. */
export const REMEMBERED = 1_024;
