// SPDX-License-Identifier: Apache-2.0
// PLT stubs have no symbols: a stub jumps through a word of the GOT, and the relocation of that word
// names the function (psABI x86-64 "Procedure Linkage Table"; ELF for the Arm 64-bit Architecture).
import {
  type ElfFile,
  EM,
  locateSymbolTable,
  type RelocationTable,
  readSymbolBatch,
  relocationTables,
  type SectionHeader,
  SHT,
  walkRelocations,
} from '@otelkit/core';
import { SYMBOL_LIMITS } from '../limits.ts';
import { findName } from './functionTable.ts';
import { type NamedFunctions, nativeNameAt } from './nativeSymbols.ts';
import { decodePltSection, type PltStub } from './pltCode.ts';
import { readSymbolName } from './symbolNames.ts';

const GAP = 0xffffffff;
const STUB_SECTION = /^\.i?plt(\.|$)/;
const RELA_ENTRY_BYTES = 24;
const DT_RELACOUNT = 0x6ffffff9;

/** R_*_JUMP_SLOT and R_*_GLOB_DAT, and R_*_IRELATIVE. */
const TYPES: Readonly<Record<number, { bySymbol: readonly number[]; byResolver: number }>> = {
  [EM.X86_64]: { bySymbol: [7, 6], byResolver: 37 },
  [EM.AARCH64]: { bySymbol: [1026, 1025], byResolver: 1032 },
};

/**
 * The stubs of a 64-bit x86 or Arm file as functions `name@plt`; undefined where there are none.
 * @param tables name the resolvers of IFUNC stubs
 */
export function readPltStubs(
  elf: ElfFile,
  tables: readonly NamedFunctions[],
): NamedFunctions | undefined {
  const types = TYPES[elf.header.machine];
  if (types === undefined || elf.header.class !== 64 || elf.isDebugOnly) return undefined;
  const stubs = decodeStubs(elf);
  if (stubs.length === 0) return undefined;
  const bySlot = new Map<number, (number | string)[]>();
  for (const stub of stubs) bySlot.set(stub.slotVaddr, []);
  const location = locateSymbolTable(elf, 'dynsym');
  for (const relocations of slotRelocations(elf)) {
    walkRelocations(elf, relocations, (batch) => {
      for (let i = 0; i < batch.count; i++) {
        const names = bySlot.get(batch.offset.asNumber(i));
        if (names === undefined || names.length > 0) continue;
        const type = batch.type[i]!;
        if (type === types.byResolver) {
          const name = nativeNameAt(tables, batch.addend.asNumber(i));
          if (name !== undefined) names.push(name);
        } else if (types.bySymbol.includes(type) && location !== undefined) {
          const symbol = readSymbolBatch(elf, location, batch.symbol[i]!, 1);
          if (symbol.count === 1) names.push(symbol.nameOffset[0]!);
        }
      }
      return true;
    });
  }
  const named = stubs.flatMap((stub) => {
    const name = bySlot.get(stub.slotVaddr)?.[0];
    return name === undefined ? [] : [{ ...stub, name }];
  });
  const strings = location?.strings ?? { fileOffset: 0, sizeBytes: 0 };
  return named.length === 0 ? undefined : pack(elf, named, strings);
}

interface NamedStub extends PltStub {
  /** Offset into .dynstr, or the name of a resolver. */
  readonly name: number | string;
}

function pack(
  elf: ElfFile,
  stubs: readonly NamedStub[],
  strings: { readonly fileOffset: number; readonly sizeBytes: number },
): NamedFunctions {
  const sorted = [...stubs].sort((a, b) => a.vaddr - b.vaddr);
  const starts = new Float64Array(2 * sorted.length);
  const names = new Uint32Array(2 * sorted.length);
  let count = 0;
  for (const [i, stub] of sorted.entries()) {
    // A stub that begins where the one before ended takes the place of the gap.
    if (count > 0 && starts[count - 1]! >= stub.vaddr) count--;
    starts[count] = stub.vaddr;
    names[count++] = i;
    starts[count] = stub.vaddr + stub.sizeBytes;
    names[count++] = GAP;
  }
  const { source } = elf;
  const nameAt = (i: number): string | undefined => {
    const name = sorted[i]?.name;
    const text = typeof name === 'number' ? readSymbolName(source, strings, name) : name;
    return text === undefined ? undefined : `${text}@plt`;
  };
  const table = { starts: starts.slice(0, count), names: names.slice(0, count) };
  // The stubs themselves are objects of three numbers.
  const sizeBytes = 12 * count + 64 * sorted.length;
  return {
    evidence: 'plt',
    sizeBytes,
    prepare: () => {},
    find: (vaddr) => findName(table, vaddr),
    nameAt,
    changed: () => undefined,
    close: () => {},
  };
}

/** True where stubs may be: they are only read for such an address. */
export function isStubAddress(elf: ElfFile, vaddr: number): boolean {
  for (const { name, addr, sizeBytes } of elf.sections) {
    const start = Number(addr);
    if (vaddr >= start && vaddr < start + sizeBytes && STUB_SECTION.test(name)) return true;
  }
  return false;
}

function decodeStubs(elf: ElfFile): PltStub[] {
  const stubs: PltStub[] = [];
  let budgetBytes: number = SYMBOL_LIMITS.pltBytes;
  for (const section of elf.sections) {
    if (section.type !== SHT.PROGBITS || !STUB_SECTION.test(section.name)) continue;
    const bytes = readAtMost(elf, section, budgetBytes);
    budgetBytes -= bytes.length;
    const start = Number(section.addr);
    if (start > Number.MAX_SAFE_INTEGER) continue;
    decodePltSection(elf, section, start, bytes, stubs);
    if (bytes.length === section.sizeBytes && stubs.length < SYMBOL_LIMITS.pltStubs) continue;
    const message = `${stubs.length} stubs were decoded; the others stay nameless`;
    elf.diagnostics.add('limit', section.name, message, section.fileOffset);
    break;
  }
  return stubs;
}

function readAtMost(elf: ElfFile, section: SectionHeader, mostBytes: number): Buffer {
  return elf.source.read(section.fileOffset, Math.min(section.sizeBytes, mostBytes));
}

/** Linkers put the relative ones first and say how many: libLLVM has 300,000 and 90 others. */
function without(table: RelocationTable, count: number): RelocationTable {
  if (!(count > 0) || count > table.entryCount) return table;
  return {
    ...table,
    fileOffset: table.fileOffset + count * RELA_ENTRY_BYTES,
    sizeBytes: table.sizeBytes - count * RELA_ENTRY_BYTES,
    entryCount: table.entryCount - count,
  };
}

/** What the loader applies; static programs have .rela.plt (or .rela.iplt) alone. */
function slotRelocations(elf: ElfFile): RelocationTable[] {
  const tables = relocationTables(elf);
  if (tables.length > 0) {
    const relative = Number(elf.dynamic?.value(DT_RELACOUNT) ?? 0n);
    return tables
      .filter((table) => table.form === 'rela')
      .map((table) => (table.name === 'DT_RELA' ? without(table, relative) : table));
  }
  return elf.sections
    .filter((section) => section.type === SHT.RELA && /^\.rela\.i?plt$/.test(section.name))
    .map(({ name, fileOffset, sizeBytes }) => ({
      name,
      form: 'rela',
      fileOffset,
      sizeBytes,
      entryCount: Math.floor(sizeBytes / RELA_ENTRY_BYTES),
    }));
}
