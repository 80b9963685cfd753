// SPDX-License-Identifier: Apache-2.0
import type { ElfFile } from '../elf/elfFile.ts';

const GO_SECTION = /^\.go(\.|pclntab$|symtab$)|\.gopclntab$|^\.note\.go\.buildid$/;

/**
 * What the section names say: `go` when one is Go's, `other` when there are names and none is,
 * `unknown` without names. Every Go linker leaves such names; only stripping headers takes them.
 */
export function goBySectionNames(elf: ElfFile): 'go' | 'other' | 'unknown' {
  let hasNames = false;
  for (const section of elf.sections) {
    if (section.name === '') continue;
    if (GO_SECTION.test(section.name)) return 'go';
    hasNames = true;
  }
  return hasNames ? 'other' : 'unknown';
}
