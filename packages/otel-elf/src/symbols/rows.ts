// SPDX-License-Identifier: Apache-2.0
import {
  readSymbolBatch,
  SYMBOL_SECTION,
  type SymbolColumns,
  symbolBindingName,
  symbolsPerBatch,
  symbolTypeName,
  symbolVisibilityName,
} from '@otelkit/core';
import type { SymbolSource, TableName } from './sources.ts';

/** One symbol as it is shown. */
export interface SymbolRow {
  readonly table: TableName;
  readonly index: number;
  readonly value: bigint;
  readonly size: bigint;
  readonly type: string;
  readonly binding: string;
  readonly visibility: string;
  /** Name of its section; `UND`, `ABS`, `COM`, or the number of a section without name. */
  readonly section: string;
  /** Null where the name could not be read. */
  readonly name: string | null;
  readonly version: string | null;
  /** `@@`: the version that a link without version gets. */
  readonly separator: '@' | '@@';
}

export interface RowFilter {
  readonly only: 'defined' | 'undefined' | undefined;
  readonly matches: ((name: string) => boolean) | undefined;
}

const STT_SECTION = 3;

/** The symbols of a table that pass, one batch of the table in memory at a time. */
export function* symbolRows(source: SymbolSource, filter: RowFilter): Generator<SymbolRow> {
  const batch = symbolsPerBatch(source.elf);
  const { count } = source.location;
  for (let first = 0; first < count; first += batch) {
    const columns = readSymbolBatch(source.elf, source.location, first, batch);
    // Symbol 0 is the null symbol of every table.
    for (let i = first === 0 ? 1 : 0; i < columns.count; i++) {
      const isUndefined = columns.shndx[i] === SYMBOL_SECTION.UNDEF;
      if (filter.only !== undefined && isUndefined !== (filter.only === 'undefined')) continue;
      const row = symbolRow(source, columns, i);
      if (filter.matches === undefined || passes(row, filter.matches)) yield row;
    }
  }
  if (source.names.isExhausted) {
    source.elf.diagnostics.add(
      'limit',
      `.${source.table}`,
      'its names overlap so much that not all of them were decoded',
    );
  }
}

/** Name and version as linkers and debuggers write them: `memcpy@@GLIBC_2.14`. */
export function fullName(row: SymbolRow): string | null {
  if (row.name === null || row.version === null) return row.name;
  // Such a symbol only defines the version.
  if (row.name === row.version) return row.name;
  return row.name + row.separator + row.version;
}

function passes(row: SymbolRow, matches: (name: string) => boolean): boolean {
  if (row.name === null) return false;
  return matches(row.name) || (row.version !== null && matches(fullName(row) ?? ''));
}

/** Element `i` of a batch as a row. */
export function symbolRow(source: SymbolSource, columns: SymbolColumns, i: number): SymbolRow {
  const index = columns.first + i;
  const section = sectionName(source, columns.shndx[i]!);
  const info = columns.info[i]!;
  const name = source.names.at(columns.nameOffset[i]!);
  const isUnnamedSection = (info & 15) === STT_SECTION && name === '';
  return {
    table: source.table,
    index,
    value: columns.value.at(i),
    size: columns.size.at(i),
    type: symbolTypeName(info),
    binding: symbolBindingName(info),
    visibility: symbolVisibilityName(columns.other[i]!),
    section,
    name: isUnnamedSection ? section : (name ?? null),
    version: source.versions?.version(index) ?? null,
    separator: source.versions?.separator(index) ?? '@',
  };
}

function sectionName(source: SymbolSource, shndx: number): string {
  if (shndx === SYMBOL_SECTION.UNDEF) return 'UND';
  if (shndx === SYMBOL_SECTION.ABS) return 'ABS';
  if (shndx === SYMBOL_SECTION.COMMON) return 'COM';
  // Reserved numbers stand at the end of the 32-bit range; they are shown as the file has them.
  if (shndx >= 0xffffff00) return `0x${(shndx & 0xffff).toString(16)}`;
  return source.elf.sections[shndx]?.name || String(shndx);
}
