// SPDX-License-Identifier: Apache-2.0
import type { ElfFile } from '../elf/elfFile.ts';

const GO_SECTION = /^\.go(\.|pclntab$|symtab$)|\.gopclntab$|^\.note\.go\.buildid$/;

/** Matches a table of names wherever {@link GO_SECTION} matches one of them. */
const GO_NAME_IN_TABLE = /\.go(?:\.|pclntab|symtab)|\.note\.go\.buildid/;

/**
 * What the section names say: `go` when one is Go's, `other` when there are names and none is,
 * `unknown` without names. Every Go linker leaves such names; only stripping headers takes them.
 */
export function goBySectionNames(elf: ElfFile): 'go' | 'other' | 'unknown' {
  const { list, names } = elf.sectionTable;
  const mayBeGo = names === undefined || names.mayHold(GO_NAME_IN_TABLE);
  let hasNames = false;
  for (const section of list) {
    if (section.name === '') continue;
    if (!mayBeGo) return 'other';
    if (GO_SECTION.test(section.name)) return 'go';
    hasNames = true;
  }
  return hasNames ? 'other' : 'unknown';
}
