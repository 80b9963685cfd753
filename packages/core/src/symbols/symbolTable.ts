// SPDX-License-Identifier: Apache-2.0
// Symbol tables (gABI chapter 4, "Symbol Table"): .symtab by its section, .dynsym by PT_DYNAMIC.
import { SHT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { FileRange } from '../elf/types.ts';
import { LIMITS } from '../limits.ts';
import { allocateColumns, decodeEntries, type SymbolColumns } from './columns.ts';
import { countDynamicSymbols } from './dynamicCount.ts';
import { locateDynamicSymbols, sectionOfType } from './dynamicLocation.ts';
import { SYMBOL_LAYOUT } from './layout.ts';
import { NameBytes } from './nameBytes.ts';
import { readSymbolVersions, type SymbolVersions } from './versionNames.ts';

export type SymbolTableKind = 'symtab' | 'dynsym';

/** Where a table and what belongs to it stand. */
export interface SymbolTableLocation {
  readonly kind: SymbolTableKind;
  readonly fileOffset: number;
  /** Entries that the file really holds, entry 0 included; at most LIMITS.symbols. */
  readonly count: number;
  readonly strings: FileRange;
  /** SHT_SYMTAB_SHNDX of this table. */
  readonly extendedIndexes: FileRange | undefined;
}

/** A whole table as columns. Index 0 is the null symbol. */
export interface SymbolTable extends SymbolColumns {
  readonly kind: SymbolTableKind;
  readonly names: NameBytes;
  /** Name without version; '' without a name, undefined where it could not be read. */
  name(index: number): string | undefined;
}

/** Locates a table; undefined when the file has none. */
export function locateSymbolTable(
  elf: ElfFile,
  kind: SymbolTableKind,
): SymbolTableLocation | undefined {
  return kind === 'symtab' ? locateSymtab(elf) : locateDynsym(elf);
}

/**
 * Reads a whole table, at most LIMITS.symbolColumns entries (28 bytes of memory each). Undefined
 * when the file has none. Names are read when asked for: the source must stay open.
 */
export function readSymbolTable(elf: ElfFile, kind: SymbolTableKind): SymbolTable | undefined {
  const location = locateSymbolTable(elf, kind);
  if (location === undefined) return undefined;
  if (location.count > LIMITS.symbolColumns) {
    elf.diagnostics.add(
      'limit',
      `.${kind}`,
      `${location.count} symbols; the first ${LIMITS.symbolColumns} were read`,
      location.fileOffset,
    );
  }
  const count = Math.min(location.count, LIMITS.symbolColumns);
  const columns = readSymbolBatch(elf, location, 0, count);
  const names = new NameBytes(elf.source, location.strings);
  return { ...columns, kind, names, name: (i) => names.at(columns.nameOffset[i]!) };
}

/** How many symbols one bulk read holds: the batch in which to walk a huge table. */
export function symbolsPerBatch(elf: ElfFile): number {
  return Math.floor(LIMITS.bulkReadBytes / SYMBOL_LAYOUT[elf.header.class].entryBytes);
}

/** Symbols `first` to `first + count`; fewer where the file ends. */
export function readSymbolBatch(
  elf: ElfFile,
  location: SymbolTableLocation,
  first: number,
  count: number,
): SymbolColumns {
  const { entryBytes } = SYMBOL_LAYOUT[elf.header.class];
  const total = Math.max(0, Math.min(count, location.count - first));
  const columns = allocateColumns(first, total);
  const batch = symbolsPerBatch(elf);
  for (let done = 0; done < total; done += batch) {
    const wanted = Math.min(batch, total - done);
    const from = first + done;
    const entries = elf.source.read(location.fileOffset + from * entryBytes, wanted * entryBytes);
    const { extendedIndexes } = location;
    const indexes =
      extendedIndexes === undefined
        ? new Uint8Array(0)
        : readPart(elf, extendedIndexes, from * 4, wanted * 4);
    decodeEntries(
      { class: elf.header.class, endian: elf.endian, entries, extendedIndexes: indexes },
      columns,
      done,
    );
    if (entries.length < wanted * entryBytes) break;
  }
  return columns;
}

/** Versions of a table's symbols; undefined for .symtab, whose names carry theirs themselves. */
export function versionsOf(
  elf: ElfFile,
  location: SymbolTableLocation,
): SymbolVersions | undefined {
  return location.kind === 'dynsym' ? readSymbolVersions(elf, location.count) : undefined;
}

function readPart(elf: ElfFile, range: FileRange, at: number, lengthBytes: number): Buffer {
  const room = Math.max(0, range.sizeBytes - at);
  return elf.source.read(range.fileOffset + at, Math.min(room, lengthBytes));
}

function locateDynsym(elf: ElfFile): SymbolTableLocation | undefined {
  const location = locateDynamicSymbols(elf);
  if (location === undefined) return undefined;
  return {
    kind: 'dynsym',
    fileOffset: location.table.fileOffset,
    count: countDynamicSymbols(elf, location),
    strings: location.strings,
    extendedIndexes: undefined,
  };
}

function locateSymtab(elf: ElfFile): SymbolTableLocation | undefined {
  const section = sectionOfType(elf, SHT.SYMTAB);
  if (section === undefined) return undefined;
  const { entryBytes } = SYMBOL_LAYOUT[elf.header.class];
  if (section.entrySizeBytes !== entryBytes) {
    elf.diagnostics.add(
      'bad-value',
      '.symtab sh_entsize',
      `expected ${entryBytes}, found ${section.entrySizeBytes}`,
    );
  }
  const linked = elf.sections[section.link];
  const strings = linked !== undefined && linked.type === SHT.STRTAB ? linked : undefined;
  if (strings === undefined) {
    const message = `section ${section.link} is no string table; symbols stay nameless`;
    elf.diagnostics.add('out-of-range', '.symtab sh_link', message);
  }
  return {
    kind: 'symtab',
    fileOffset: section.fileOffset,
    count: boundedCount(elf, section, entryBytes),
    strings: strings ?? { fileOffset: 0, sizeBytes: 0 },
    extendedIndexes: elf.sections.find(
      (one) => one.type === SHT.SYMTAB_SHNDX && one.link === section.index,
    ),
  };
}

function boundedCount(elf: ElfFile, range: FileRange, entryBytes: number): number {
  const declared = Math.floor(range.sizeBytes / entryBytes);
  const room = Math.floor(Math.max(0, elf.source.sizeBytes - range.fileOffset) / entryBytes);
  const count = Math.min(declared, room, LIMITS.symbols);
  if (count < declared) {
    elf.diagnostics.add(
      room < declared ? 'out-of-range' : 'limit',
      '.symtab',
      `${declared} symbols are declared, ${count} could be read`,
      range.fileOffset,
    );
  }
  return count;
}
