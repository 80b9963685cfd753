// SPDX-License-Identifier: Apache-2.0
// The symbol tables that can name functions of one file, the best first: .symtab, or that of the
// debug file; in a stripped file .gnu_debugdata, which holds what .dynsym lacks, then .dynsym.
import {
  type ElfFile,
  type FileRange,
  locateSymbolTable,
  openDebugData,
  readSymbolTable,
  type SymbolTableKind,
} from '@otelkit/core';
import type { SymbolEvidence } from '../frames.ts';
import { SYMBOL_LIMITS } from '../limits.ts';
import { type DebugFilePlace, openDebugFile } from './debugFile.ts';
import {
  type FunctionTable,
  findName,
  functionTableBytes,
  functionTableOf,
} from './functionTable.ts';
import { readSymbolName } from './symbolNames.ts';

/** One symbol table: its functions, and where their names are. */
export interface NamedFunctions {
  readonly evidence: SymbolEvidence;
  readonly table: FunctionTable;
  readonly sizeBytes: number;
  nameAt(reference: number): string | undefined;
  /** Why the file that holds the names is no longer what was read, or undefined. */
  changed(): string | undefined;
  close(): void;
}

/** Reads the tables of a linked file. Damage is noted in the diagnostics of `elf`. */
export function readNativeFunctions(elf: ElfFile, place: DebugFilePlace): NamedFunctions[] {
  const own = readTable(elf, elf, 'symtab', 'symtab', false);
  if (own !== undefined) return [own];
  const debugElf = openDebugFile(elf, place);
  if (debugElf !== undefined) {
    const table = readTable(elf, debugElf, 'symtab', 'debug-file', true);
    if (table !== undefined) return [table];
    debugElf.source.close();
  }
  const tables: NamedFunctions[] = [];
  const dataElf = openDebugData(elf);
  if (dataElf !== undefined) {
    const table = readTable(elf, dataElf, 'symtab', 'gnu_debugdata', true);
    if (table !== undefined) tables.push(table);
  }
  const dynamic = readTable(elf, elf, 'dynsym', 'dynsym', false);
  if (dynamic !== undefined) tables.push(dynamic);
  return tables;
}

/** The name of the function at `vaddr`; undefined where no table has one. */
export function nativeNameAt(tables: readonly NamedFunctions[], vaddr: number): string | undefined {
  for (const one of tables) {
    const reference = findName(one.table, vaddr);
    if (reference < 0) continue;
    const name = one.nameAt(reference);
    if (name !== undefined) return name;
  }
  return undefined;
}

function readTable(
  elf: ElfFile,
  holder: ElfFile,
  kind: SymbolTableKind,
  evidence: SymbolEvidence,
  isOwner: boolean,
): NamedFunctions | undefined {
  const location = locateSymbolTable(holder, kind);
  const symbols = location === undefined ? undefined : readSymbolTable(holder, kind);
  if (location === undefined || symbols === undefined || symbols.count < 2) return undefined;
  const table = functionTableOf(holder, symbols);
  if (holder !== elf) copyDiagnostics(holder, elf);
  if (table.starts.length === 0) return undefined;
  const { source } = holder;
  const strings: FileRange = location.strings;
  // What .gnu_debugdata was decompressed to stays in memory.
  const heldBytes = evidence === 'gnu_debugdata' ? source.sizeBytes : 0;
  return {
    evidence,
    table,
    sizeBytes: functionTableBytes(table) + heldBytes,
    nameAt: (reference) => readSymbolName(source, strings, reference),
    changed: () => source.changed(),
    close: () => {
      if (isOwner) source.close();
    },
  };
}

function copyDiagnostics(from: ElfFile, to: ElfFile): void {
  for (const { code, field, message } of from.diagnostics.list.slice(
    0,
    SYMBOL_LIMITS.diagnostics,
  )) {
    to.diagnostics.add(code, field, `${from.source.path}: ${message}`);
  }
}
