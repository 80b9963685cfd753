// SPDX-License-Identifier: Apache-2.0
// Where .dynsym stands: by DT_SYMTAB as the loader finds it, by the section only where there is no
// dynamic array (gABI chapter 5, "Dynamic Section").
import { hex } from '../bytes/hex.ts';
import { DT, SHT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { FileRange, SectionHeader } from '../elf/types.ts';
import { type GnuHash, readGnuHash } from './gnuHash.ts';
import { SYMBOL_LAYOUT } from './layout.ts';
import { readSysvHash, type SysvHash } from './sysvHash.ts';

/** The pieces that belong to the dynamic symbol table. */
export interface DynamicSymbolLocation {
  /** The entries; `sizeBytes` is the room up to the end of the segment or section. */
  readonly table: FileRange;
  readonly strings: FileRange;
  readonly gnuHash: GnuHash | undefined;
  readonly sysvHash: SysvHash | undefined;
}

/** Undefined when the file has no dynamic symbols, or not where they are said to be. */
export function locateDynamicSymbols(elf: ElfFile): DynamicSymbolLocation | undefined {
  // The program headers of a separate debug file describe bytes that it does not hold.
  if (elf.isDebugOnly) return undefined;
  return byDynamicArray(elf) ?? bySection(elf);
}

/** The first section of a type that has bytes in the file. */
export function sectionOfType(elf: ElfFile, type: number): SectionHeader | undefined {
  return elf.sectionOfType(type);
}

function byDynamicArray(elf: ElfFile): DynamicSymbolLocation | undefined {
  const dynamic = elf.dynamic;
  const address = dynamic?.value(DT.SYMTAB);
  if (dynamic === undefined || address === undefined) return undefined;
  const table = elf.vaddrToFileRange(address);
  if (table === undefined) {
    elf.diagnostics.add('out-of-range', 'DT_SYMTAB', `address ${hex(address)} lies in no PT_LOAD`);
    return undefined;
  }
  const entryBytes = SYMBOL_LAYOUT[elf.header.class].entryBytes;
  const declared = dynamic.value(DT.SYMENT);
  if (declared !== undefined && declared !== BigInt(entryBytes)) {
    elf.diagnostics.add('bad-value', 'DT_SYMENT', `expected ${entryBytes}, found ${declared}`);
  }
  const strings = dynamic.strings;
  return {
    table,
    strings:
      strings === undefined
        ? { fileOffset: 0, sizeBytes: 0 }
        : { fileOffset: strings.fileOffset, sizeBytes: strings.sizeBytes },
    gnuHash: readGnuHash(elf, dynamic.value(DT.GNU_HASH)),
    sysvHash: readSysvHash(elf, dynamic.value(DT.HASH)),
  };
}

function bySection(elf: ElfFile): DynamicSymbolLocation | undefined {
  const section = sectionOfType(elf, SHT.DYNSYM);
  const strings = section === undefined ? undefined : elf.sections[section.link];
  if (section === undefined || strings === undefined || strings.type !== SHT.STRTAB) {
    return undefined;
  }
  return { table: section, strings, gnuHash: undefined, sysvHash: undefined };
}
