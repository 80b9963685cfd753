// SPDX-License-Identifier: Apache-2.0
import { type ElfFile, readSectionData, type SectionHeader } from '@otelkit/core';
import { ANALYZE_LIMITS } from '../limits.ts';
import { type NameFilter, type StructScan, scanStructs } from './structScan.ts';

const NOTHING: StructScan = { structs: new Map(), problem: undefined, entries: 0 };

/** Structs of the program's own DWARF; nothing where it has none. Decompressed where need be. */
export function dwarfStructs(elf: ElfFile, filter: NameFilter): StructScan {
  const [info, abbrev] = [debugSection(elf, 'info'), debugSection(elf, 'abbrev')];
  if (info === undefined || abbrev === undefined) return NOTHING;
  const infoBytes = readSectionData(elf, info, ANALYZE_LIMITS.debugInfoBytes);
  const abbrevBytes = readSectionData(elf, abbrev, ANALYZE_LIMITS.debugAbbrevBytes);
  if (infoBytes === undefined || abbrevBytes === undefined) return NOTHING;
  return scanStructs(infoBytes, abbrevBytes, filter);
}

/** Go writes little-endian DWARF for the machines that probes know. */
export function hasDwarf(elf: ElfFile): boolean {
  return debugSection(elf, 'info') !== undefined && debugSection(elf, 'abbrev') !== undefined;
}

function debugSection(elf: ElfFile, name: string): SectionHeader | undefined {
  const section = elf.section(`.debug_${name}`) ?? elf.section(`.zdebug_${name}`);
  return section === undefined || section.sizeBytes === 0 ? undefined : section;
}
