// SPDX-License-Identifier: Apache-2.0
// The symbol tables of one file, the one inside .gnu_debugdata included.
import {
  type ElfFile,
  locateSymbolTable,
  NameBytes,
  openDebugData,
  type SymbolTableKind,
  type SymbolTableLocation,
  type SymbolVersions,
  versionsOf,
} from '@otelkit/core';

export type TableName = 'symtab' | 'dynsym' | 'gnu_debugdata';

/** A table and what is needed to name its symbols. */
export interface SymbolSource {
  readonly table: TableName;
  /** The file that holds it: for .gnu_debugdata the one within. */
  readonly elf: ElfFile;
  readonly location: SymbolTableLocation;
  readonly names: NameBytes;
  readonly versions: SymbolVersions | undefined;
}

/** The tables in the order in which they are asked: the fullest first. */
export function symbolSources(elf: ElfFile, onlyDynamic: boolean): SymbolSource[] {
  const sources: SymbolSource[] = [];
  const add = (table: TableName, from: ElfFile, kind: SymbolTableKind): void => {
    const location = locateSymbolTable(from, kind);
    if (location === undefined) return;
    const names = new NameBytes(from.source, location.strings);
    sources.push({ table, elf: from, location, names, versions: versionsOf(from, location) });
  };
  if (!onlyDynamic) add('symtab', elf, 'symtab');
  add('dynsym', elf, 'dynsym');
  if (onlyDynamic) return sources;
  const inner = openDebugData(elf);
  if (inner !== undefined) add('gnu_debugdata', inner, 'symtab');
  return sources;
}
