// SPDX-License-Identifier: Apache-2.0
// Stack protector and _FORTIFY_SOURCE by the functions that the compiler makes a program call.
// Made for inventories: only undefined symbols are read wherever DT_GNU_HASH parts them off.
import { DT, ET, SHT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { FileRange, SectionHeader } from '../elf/types.ts';
import { LIMITS } from '../limits.ts';
import { countDynamicSymbols } from './dynamicCount.ts';
import {
  type DynamicSymbolLocation,
  locateDynamicSymbols,
  sectionOfType,
} from './dynamicLocation.ts';
import { CANARY_NAMES, classifyNames, type NameFacts } from './factNames.ts';
import { hasHashedSymbols } from './gnuHash.ts';
import { SYMBOL_LAYOUT } from './layout.ts';
import { findDynamicSymbol } from './lookup.ts';
import { hasCanaryInSymtab } from './symtabScan.ts';

export interface SymbolFacts {
  /** `__stack_chk_fail` or `__stack_chk_guard` is there; null when no symbol table tells. */
  readonly canary: boolean | null;
  /** An undefined `__*_chk` is there; null without dynamic symbols. */
  readonly fortify: boolean | null;
}

/** The facts of one file. See docs/symbols.md for what is read and what bounds it. */
export function symbolFacts(elf: ElfFile): SymbolFacts {
  const location = locateDynamicSymbols(elf);
  const symtab = sectionOfType(elf, SHT.SYMTAB);
  if (location === undefined) return factsOfSymtab(elf, symtab);
  const facts: NameFacts = { canary: false, fortify: false, bytesRead: 0 };
  const end = undefinedPrefix(elf, location);
  if (end === undefined) {
    const count = countDynamicSymbols(elf, location);
    scanEntries(elf, location.table, location.strings, 1, count, facts, true);
  } else {
    scanEntries(elf, location.table, location.strings, 1, end, facts, false);
    facts.canary ||= CANARY_NAMES.some(
      (name) => findDynamicSymbol(elf, name, location) !== undefined,
    );
  }
  if (facts.canary || symtab === undefined) return { canary: facts.canary, fortify: facts.fortify };
  return { canary: canaryOfSymtab(elf, symtab), fortify: facts.fortify };
}

/** Index behind the last undefined symbol, when DT_GNU_HASH says it. */
function undefinedPrefix(elf: ElfFile, location: DynamicSymbolLocation): number | undefined {
  const table = location.gnuHash;
  if (table === undefined || !hasHashedSymbols(elf, table)) return undefined;
  const entryBytes = SYMBOL_LAYOUT[elf.header.class].entryBytes;
  const room = Math.floor(location.table.sizeBytes / entryBytes);
  return table.symbolOffset <= room ? table.symbolOffset : undefined;
}

/** Relocatable files and statically linked programs. */
function factsOfSymtab(elf: ElfFile, symtab: SectionHeader | undefined): SymbolFacts {
  if (symtab === undefined) return { canary: null, fortify: null };
  const strings = elf.sections[symtab.link];
  if (elf.header.elfType !== ET.REL || strings === undefined) {
    return { canary: canaryOfSymtab(elf, symtab), fortify: null };
  }
  const facts: NameFacts = { canary: false, fortify: false, bytesRead: 0 };
  const count = Math.floor(symtab.sizeBytes / SYMBOL_LAYOUT[elf.header.class].entryBytes);
  scanEntries(elf, symtab, strings, 1, count, facts, true);
  return { canary: facts.canary, fortify: facts.fortify };
}

/**
 * A program that takes its libc from outside takes the canary's functions from there too, so that
 * .dynsym has answered; only a small .symtab is searched for a private copy all the same.
 */
function canaryOfSymtab(elf: ElfFile, symtab: SectionHeader): boolean | null {
  const strings = elf.sections[symtab.link];
  if (strings === undefined || strings.type !== SHT.STRTAB) return null;
  const isLinked = elf.dynamic?.has(DT.NEEDED) === true && !elf.isDebugOnly;
  const budget = isLinked ? LIMITS.privateCanaryScanBytes : LIMITS.summaryScanBytes;
  if (isLinked && strings.sizeBytes > budget) return false;
  return hasCanaryInSymtab(elf, symtab, strings, budget);
}

/** Classifies the names of entries `first` to `end`; of defined ones only if `all`. */
function scanEntries(
  elf: ElfFile,
  table: FileRange,
  strings: FileRange,
  first: number,
  end: number,
  facts: NameFacts,
  all: boolean,
): void {
  const { endian } = elf;
  const { entryBytes, shndx } = SYMBOL_LAYOUT[elf.header.class];
  const batch = Math.floor(LIMITS.bulkReadBytes / entryBytes);
  const budget = LIMITS.summaryScanBytes;
  for (let from = first; from < end && facts.bytesRead < budget; from += batch) {
    const wanted = Math.min(batch, end - from);
    const bytes = elf.source.read(table.fileOffset + from * entryBytes, wanted * entryBytes);
    facts.bytesRead += bytes.length;
    const got = Math.floor(bytes.length / entryBytes);
    const offsets = new Uint32Array(got);
    const defined = new Uint32Array(all ? got : 0);
    let undefinedCount = 0;
    let definedCount = 0;
    for (let i = 0, at = 0; i < got; i++, at += entryBytes) {
      if (bytes[at + shndx] === 0 && bytes[at + shndx + 1] === 0) {
        offsets[undefinedCount++] = endian.u32(bytes, at);
      } else if (all) defined[definedCount++] = endian.u32(bytes, at);
    }
    classifyNames(elf.source, strings, offsets.subarray(0, undefinedCount), facts, budget);
    if (all && !facts.canary) {
      // Defined symbols tell nothing of _FORTIFY_SOURCE: libc itself defines those functions.
      const own: NameFacts = { canary: false, fortify: false, bytesRead: facts.bytesRead };
      classifyNames(elf.source, strings, defined.subarray(0, definedCount), own, budget);
      facts.canary = own.canary;
      facts.bytesRead = own.bytesRead;
    }
    if (got < wanted) return;
  }
}
