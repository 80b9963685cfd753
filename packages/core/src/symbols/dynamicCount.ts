// SPDX-License-Identifier: Apache-2.0
// How many dynamic symbols there are: the dynamic array does not say it.
import { DT, SHT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { LIMITS } from '../limits.ts';
import { type DynamicSymbolLocation, sectionOfType } from './dynamicLocation.ts';
import { countByGnuHash } from './gnuHash.ts';
import { SYMBOL_LAYOUT } from './layout.ts';

const DT_MIPS_SYMTABNO = 0x70000011;
/** Tables that linkers put behind .dynsym; the nearest one bounds it. */
const NEIGHBOURS = [
  DT.STRTAB,
  DT.VERSYM,
  DT.VERNEED,
  DT.VERDEF,
  DT.GNU_HASH,
  DT.HASH,
  DT.RELA,
  DT.REL,
  DT.RELR,
  DT.JMPREL,
];

/**
 * The number of entries, entry 0 included: nchain of DT_HASH, else the .dynsym section, else the
 * chains of DT_GNU_HASH, else the distance to the table that follows. Never more than fit.
 */
export function countDynamicSymbols(elf: ElfFile, location: DynamicSymbolLocation): number {
  const entryBytes = SYMBOL_LAYOUT[elf.header.class].entryBytes;
  const inFile = elf.source.sizeBytes - location.table.fileOffset;
  const room = Math.floor(Math.max(0, Math.min(location.table.sizeBytes, inFile)) / entryBytes);
  const declared = declaredCount(elf, location, entryBytes);
  const count = declared ?? countByNeighbour(elf, entryBytes) ?? 0;
  if (count > room || count > LIMITS.symbols) {
    const kept = Math.min(room, LIMITS.symbols);
    elf.diagnostics.add(
      count > room ? 'out-of-range' : 'limit',
      'DT_SYMTAB',
      `${count} symbols are declared, ${kept} could be read`,
      location.table.fileOffset,
    );
    return kept;
  }
  return count;
}

function declaredCount(
  elf: ElfFile,
  location: DynamicSymbolLocation,
  entryBytes: number,
): number | undefined {
  if (location.sysvHash !== undefined) return location.sysvHash.symbolCount;
  const mips = elf.dynamic?.value(DT_MIPS_SYMTABNO);
  if (mips !== undefined) return Number(mips);
  const section = sectionOfType(elf, SHT.DYNSYM);
  if (section !== undefined && section.fileOffset === location.table.fileOffset) {
    return Math.floor(section.sizeBytes / entryBytes);
  }
  return location.gnuHash === undefined ? undefined : countByGnuHash(elf, location.gnuHash);
}

function countByNeighbour(elf: ElfFile, entryBytes: number): number | undefined {
  const start = elf.dynamic?.value(DT.SYMTAB);
  if (start === undefined) return undefined;
  let nearest: bigint | undefined;
  for (const tag of NEIGHBOURS) {
    const address = elf.dynamic?.value(tag);
    if (address === undefined || address <= start) continue;
    if (nearest === undefined || address < nearest) nearest = address;
  }
  return nearest === undefined ? undefined : Math.floor(Number(nearest - start) / entryBytes);
}
