// SPDX-License-Identifier: Apache-2.0
// Which debug information a file carries or points to, by section names and one unit header: cheap
// enough for an inventory of a host.
import { SHF, SHT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { SectionHeader } from '../elf/types.ts';
import { type DebugLink, readDebugLink } from './debugLink.ts';
import { firstUnit, isSkeleton } from './dwarfUnits.ts';

/** Forms in which debug information is present, or pointed to. */
export type DebugForm =
  | 'symtab'
  | 'dwarf'
  | 'dwarf-compressed'
  | 'zdebug'
  | 'split-dwarf'
  | 'dwo'
  | 'dwp'
  | 'stabs'
  | 'ctf'
  | 'btf'
  | 'gosymtab'
  | 'gnu_debugdata'
  | 'gnu_debuglink'
  | 'gnu_debugaltlink';

export interface DebugFacts {
  /** No .symtab. A file without any section header counts as stripped; null where the headers
   * are said to be there and cannot be read. */
  readonly stripped: boolean | null;
  readonly debugForms: readonly DebugForm[];
  readonly debuglink: DebugLink | null;
}

/** Matches a table of names that has one of those below. */
const FORM_NAME_IN_TABLE = /\.z?debug_(?:info|cu_index)|\.stab|\.ctf|\.BTF|\.gosymtab|\.gnu_debug/;

const FORM_OF_SECTION: ReadonlyMap<string, DebugForm> = new Map([
  ['.debug_info', 'dwarf'],
  ['.zdebug_info', 'zdebug'],
  ['.debug_info.dwo', 'dwo'],
  ['.debug_cu_index', 'dwp'],
  ['.stab', 'stabs'],
  ['.ctf', 'ctf'],
  ['.BTF', 'btf'],
  ['.gosymtab', 'gosymtab'],
  ['.gnu_debugdata', 'gnu_debugdata'],
  ['.gnu_debuglink', 'gnu_debuglink'],
  ['.gnu_debugaltlink', 'gnu_debugaltlink'],
]);

const NO_FORMS: DebugFacts = { stripped: true, debugForms: [], debuglink: null };
const NO_FORMS_CUT: DebugFacts = { ...NO_FORMS, stripped: null };
const ONLY_SYMTAB: DebugFacts = { ...NO_FORMS, stripped: false, debugForms: ['symtab'] };

/** The facts of one file. Of section contents only .gnu_debuglink and 16 bytes are read. */
export function debugFacts(elf: ElfFile): DebugFacts {
  const { list, names } = elf.sectionTable;
  const isCut = elf.header.shoff !== 0 && list.length < elf.header.shnum;
  if (names !== undefined && !names.mayHold(FORM_NAME_IN_TABLE)) {
    if (elf.sectionOfType(SHT.SYMTAB) !== undefined) return ONLY_SYMTAB;
    return isCut ? NO_FORMS_CUT : NO_FORMS;
  }
  const forms = new Set<DebugForm>();
  let stripped: boolean | null = isCut ? null : true;
  let debuglink: DebugLink | null = null;
  for (const section of list) {
    if (section.type === SHT.NOBITS) continue;
    if (section.type === SHT.SYMTAB) {
      stripped = false;
      forms.add('symtab');
      continue;
    }
    const form = FORM_OF_SECTION.get(section.name);
    if (form === undefined || section.sizeBytes === 0) continue;
    forms.add(form);
    if (form === 'gnu_debuglink') debuglink ??= readDebugLink(elf, section) ?? null;
    else if (form === 'dwarf') addDwarfForms(elf, section, forms);
  }
  return { stripped, debugForms: [...forms], debuglink };
}

function addDwarfForms(elf: ElfFile, section: SectionHeader, forms: Set<DebugForm>): void {
  if ((section.flags & SHF.COMPRESSED) !== 0) {
    forms.add('dwarf-compressed');
    return;
  }
  const unit = firstUnit(elf, section);
  if (unit === undefined) return;
  // Before DWARF 5 only split files have .debug_addr; from then on the unit itself says it.
  const isOldSplit = unit.version < 5 && elf.section('.debug_addr') !== undefined;
  if (isSkeleton(unit) || isOldSplit) forms.add('split-dwarf');
}
