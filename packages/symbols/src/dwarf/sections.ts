// SPDX-License-Identifier: Apache-2.0
// Sections that name addresses, copied decompressed into the module's memory. Locations, macros,
// frame tables and accelerators are left where they are: together they are as large again.
import { type ElfFile, readSectionData, type SectionHeader, SHT } from '@otelkit/core';
import type { DwarfExports } from './dwarfModule.ts';

/** `kind` is the index: native/dwarf/src/files.rs has the same list. */
const NAMES = [
  'info',
  'abbrev',
  'line',
  'str',
  'line_str',
  'addr',
  'ranges',
  'rnglists',
  'str_offsets',
  'aranges',
  'cu_index',
  'tu_index',
] as const;

/** `file` of `set_section`. */
export const DWARF_FILE = { main: 0, supplement: 1, package: 2, dwo: 3 } as const;

/** In .dwo and .dwp files names end so, but for the indexes. */
const SPLIT = '.dwo';

/** True where a file has debug information of its own, and not only the header of that section. */
export function hasDwarf(elf: ElfFile): boolean {
  return findSection(elf, 'info', '') !== undefined;
}

/** True for a file that `dwp` made of .dwo files. */
export function hasPackage(elf: ElfFile): boolean {
  return findSection(elf, 'cu_index', '') !== undefined;
}

/** True for a file that `-gsplit-dwarf` made beside the object files. */
export function hasSplitDwarf(elf: ElfFile): boolean {
  return findSection(elf, 'info', SPLIT) !== undefined;
}

/**
 * Copies what there is, and gives its size.
 * @returns a sentence where it is more than `mostBytes`, or memory is short
 */
export function loadSections(
  wasm: DwarfExports,
  elf: ElfFile,
  file: number,
  mostBytes: number,
): number | string {
  const suffix = file === DWARF_FILE.dwo || file === DWARF_FILE.package ? SPLIT : '';
  let total = 0;
  for (const [kind, name] of NAMES.entries()) {
    const section = findSection(elf, name, name.endsWith('_index') ? '' : suffix);
    if (section === undefined) continue;
    const bytes = readSectionData(elf, section, mostBytes - total);
    // What cannot be read is named in the file's diagnostics.
    if (bytes === undefined) return `${section.name} cannot be read`;
    total += bytes.length;
    const at = wasm.allocate(bytes.length);
    if (at === 0) return 'its debug information is too large';
    new Uint8Array(wasm.memory.buffer, at, bytes.length).set(bytes);
    wasm.set_section(file, kind, at, bytes.length);
  }
  return total;
}

function findSection(elf: ElfFile, name: string, suffix: string): SectionHeader | undefined {
  for (const prefix of ['.debug_', '.zdebug_']) {
    const section = elf.section(`${prefix}${name}${suffix}`);
    if (section !== undefined && section.type !== SHT.NOBITS && section.sizeBytes > 0) {
      return section;
    }
  }
  return undefined;
}
