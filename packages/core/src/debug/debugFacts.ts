// SPDX-License-Identifier: Apache-2.0
// Which debug information a file carries or points to, by section names alone: cheap enough for an
// inventory of a host.

import { SHF, SHT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { type DebugLink, readDebugLink } from './debugLink.ts';

/** Forms in which debug information is present, or pointed to. */
export type DebugForm =
  | 'symtab'
  | 'dwarf'
  | 'dwarf-compressed'
  | 'zdebug'
  | 'split-dwarf'
  | 'dwo'
  | 'stabs'
  | 'ctf'
  | 'btf'
  | 'gosymtab'
  | 'gnu_debugdata'
  | 'gnu_debuglink'
  | 'gnu_debugaltlink';

export interface DebugFacts {
  /** No .symtab. A file without any section header counts as stripped. */
  readonly stripped: boolean;
  readonly debugForms: readonly DebugForm[];
  readonly debuglink: DebugLink | null;
}

const FORM_OF_SECTION: ReadonlyMap<string, DebugForm> = new Map([
  ['.debug_info', 'dwarf'],
  ['.zdebug_info', 'zdebug'],
  ['.debug_addr', 'split-dwarf'],
  ['.debug_info.dwo', 'dwo'],
  ['.stab', 'stabs'],
  ['.ctf', 'ctf'],
  ['.BTF', 'btf'],
  ['.gosymtab', 'gosymtab'],
  ['.gnu_debugdata', 'gnu_debugdata'],
  ['.gnu_debuglink', 'gnu_debuglink'],
  ['.gnu_debugaltlink', 'gnu_debugaltlink'],
]);

/** The facts of one file, from its section headers; only .gnu_debuglink itself is read. */
export function debugFacts(elf: ElfFile): DebugFacts {
  const forms: DebugForm[] = [];
  const add = (form: DebugForm): void => {
    if (!forms.includes(form)) forms.push(form);
  };
  let stripped = true;
  let debuglink: DebugLink | null = null;
  for (const section of elf.sections) {
    if (section.type === SHT.NOBITS) continue;
    if (section.type === SHT.SYMTAB) {
      stripped = false;
      add('symtab');
      continue;
    }
    const form = FORM_OF_SECTION.get(section.name);
    if (form === undefined || section.sizeBytes === 0) continue;
    add(form);
    const isDwarf = section.name === '.debug_info';
    if (isDwarf && (section.flags & SHF.COMPRESSED) !== 0) add('dwarf-compressed');
    if (section.name === '.gnu_debuglink') debuglink ??= readDebugLink(elf, section) ?? null;
  }
  return { stripped, debugForms: forms, debuglink };
}
