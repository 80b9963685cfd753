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
import { functionTableOf } from './functionTable.ts';
import { LazyFunctions } from './lazyFunctions.ts';
import { readSymbolName } from './symbolNames.ts';
import { SymbolScan } from './symbolScan.ts';

const NO_FUNCTIONS = { starts: new Float64Array(0), names: new Uint32Array(0) };

/** One symbol table: its functions, and where their names are. */
export interface NamedFunctions {
  readonly evidence: SymbolEvidence;
  /** Memory held, about. */
  readonly sizeBytes: number;
  /** Finds many functions at once; {@link find} then has them. @throws InputError */
  prepare(addresses: Iterable<number>): void;
  /** What {@link nameAt} takes for the function that holds `vaddr`; -1 where none does. */
  find(vaddr: number): number;
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
    const reference = one.find(vaddr);
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
  if (location === undefined || location.count < 2) return undefined;
  const scan = SymbolScan.of(holder, location);
  const functions = new LazyFunctions(scan, () => {
    const symbols = readSymbolTable(holder, kind);
    return symbols === undefined ? NO_FUNCTIONS : functionTableOf(holder, symbols);
  });
  const hasFunctions = scan?.hasFunctions() ?? functions.hasAny();
  if (holder !== elf) copyDiagnostics(holder, elf);
  if (!hasFunctions) return undefined;
  const { source } = holder;
  const strings: FileRange = location.strings;
  // What .gnu_debugdata was decompressed to stays in memory.
  const heldBytes = evidence === 'gnu_debugdata' ? source.sizeBytes : 0;
  return {
    evidence,
    get sizeBytes() {
      return functions.sizeBytes + heldBytes;
    },
    prepare: (addresses) => functions.prepare(addresses),
    find: (vaddr) => functions.find(vaddr),
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
