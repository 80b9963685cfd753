// SPDX-License-Identifier: Apache-2.0
import { type ElfFile, ET, type GoPclntab, openGoPclntab } from '@otelkit/core';
import type { Demangler } from '../demangle/demangler.ts';
import type { DwarfFrame } from '../dwarf/dwarfInstance.ts';
import { DwarfLines } from '../dwarf/dwarfLines.ts';
import type { DwarfModule } from '../dwarf/dwarfModule.ts';
import { sourceFrames } from '../dwarf/sourceFrames.ts';
import { type FileSymbols, NO_FRAMES, type SourceFrame, type SymbolEvidence } from '../frames.ts';
import type { DebugFilePlace } from '../native/debugFile.ts';
import { type NamedFunctions, nativeNameAt, readNativeFunctions } from '../native/nativeSymbols.ts';
import { isStubAddress, readPltStubs } from '../native/pltStubs.ts';

/** The file's header pages, and the window that a pclntab keeps (GO_LIMITS.tableWindows). */
const OPEN_FILE_BYTES = 262_144;
const PCLNTAB_WINDOW_BYTES = 8_388_608;

/**
 * Names for the addresses of a linked ELF file: Go's pclntab where it covers, symbol tables for the
 * rest, then PLT stubs. Owns `elf` from now on. Damaged parts are left out, with a diagnostic.
 * @param demangler for C++ and Rust names, which stay mangled without
 * @param dwarf for lines and inlined calls of native code
 * @throws InputError `io` when the file cannot be read any more; `elf` is closed then.
 */
export function openFileSymbols(
  elf: ElfFile,
  place: DebugFilePlace,
  demangler?: Demangler,
  dwarf?: DwarfModule,
): FileSymbols {
  try {
    // Addresses of an object file are offsets into its sections: nobody runs it as it is.
    const isLinked = elf.header.elfType !== ET.REL;
    const go = isLinked ? openGoPclntab(elf) : undefined;
    const tables = isLinked ? readNativeFunctions(elf, place) : [];
    const lines = isLinked && dwarf !== undefined ? new DwarfLines(dwarf, elf, place) : undefined;
    const usefulGo = go?.entryBase === undefined ? undefined : go;
    return new ElfSymbols(elf, usefulGo, tables, demangler, lines);
  } catch (error) {
    elf.source.close();
    throw error;
  }
}

/** No package that may be installed later has better names. */
const BEST: ReadonlySet<SymbolEvidence | undefined> = new Set(['symtab', 'debug-file']);

class ElfSymbols implements FileSymbols {
  readonly #elf: ElfFile;
  readonly #go: GoPclntab | undefined;
  readonly #tables: readonly NamedFunctions[];
  readonly #demangler: Demangler | undefined;
  readonly #lines: DwarfLines | undefined;
  readonly #goBytes: number;
  /** Read when an address has no other name; null: there are none. */
  #plt: NamedFunctions | null | undefined;

  constructor(
    elf: ElfFile,
    go: GoPclntab | undefined,
    tables: readonly NamedFunctions[],
    demangler: Demangler | undefined,
    lines: DwarfLines | undefined,
  ) {
    this.#elf = elf;
    this.#lines = lines;
    this.#demangler = demangler;
    this.#go = go;
    this.#tables = tables;
    const windowBytes = Math.min(PCLNTAB_WINDOW_BYTES, elf.source.sizeBytes);
    this.#goBytes = go === undefined ? 0 : 8 * go.functionCount + windowBytes;
  }

  get evidence(): readonly SymbolEvidence[] {
    const evidence: SymbolEvidence[] = this.#tables.map((table) => table.evidence);
    if (this.#go !== undefined) evidence.unshift('pclntab');
    if (this.#stubs() !== undefined) evidence.push('plt');
    if (this.#lines?.isThere) evidence.push('dwarf');
    return evidence;
  }

  get isNameless(): boolean {
    return this.#go === undefined && this.#tables.length === 0 && this.evidence.length === 0;
  }

  get isPartial(): boolean {
    return this.#lines?.isPartial === true;
  }

  get isFinal(): boolean {
    if (this.#lines !== undefined) return this.#lines.isThere;
    if (this.#go !== undefined) return true;
    return BEST.has(this.#tables[0]?.evidence);
  }

  get sizeBytes(): number {
    const tableBytes = this.#tables.reduce((sum, table) => sum + table.sizeBytes, 0);
    return OPEN_FILE_BYTES + this.#goBytes + tableBytes + (this.#plt?.sizeBytes ?? 0);
  }

  get lineBytes(): number {
    return this.#lines?.sizeBytes ?? 0;
  }

  get problem(): string | undefined {
    return this.#lines?.problem ?? this.#lines?.damage;
  }

  get diagnostics(): FileSymbols['diagnostics'] {
    return this.#elf.diagnostics.list;
  }

  prepare(vaddrs: Iterable<number>): void {
    // What Go names itself is most of such a file.
    if (this.#go !== undefined) return;
    for (const table of this.#tables) table.prepare(vaddrs);
  }

  resolve(vaddr: number): readonly SourceFrame[] {
    if (!(vaddr >= 0) || vaddr > Number.MAX_SAFE_INTEGER) return NO_FRAMES;
    const goFrames = this.#go === undefined ? NO_FRAMES : goFramesAt(this.#go, vaddr);
    if (goFrames.length > 0) return goFrames;
    const systemName = nativeNameAt(this.#tables, vaddr) ?? this.#stubNameAt(vaddr);
    const frames = this.#lines?.framesAt(vaddr) ?? [];
    return sourceFrames(frames, this.#nameInSource(systemName, frames.at(-1)), this.#demangler);
  }

  /**
   * What the compiler split off of a function has a symbol of its own (`parse.cold`, GCC's
   * `parse.part.0`). A stripped program lost those, and is told by what the source calls it, as in
   * llvm-symbolizer.
   */
  #nameInSource(symbolName: string | undefined, frame?: DwarfFrame): string | undefined {
    if (symbolName === undefined || frame === undefined || frame.name === '') return symbolName;
    const isStripped = this.#tables[0]?.evidence === 'debug-file';
    return isStripped && symbolName.startsWith(`${frame.name}.`) ? frame.name : symbolName;
  }

  #stubNameAt(vaddr: number): string | undefined {
    const stubs = isStubAddress(this.#elf, vaddr) ? this.#stubs() : undefined;
    return stubs === undefined ? undefined : nativeNameAt([stubs], vaddr);
  }

  #stubs(): NamedFunctions | undefined {
    if (this.#plt === undefined) this.#plt = readPltStubs(this.#elf, this.#tables) ?? null;
    return this.#plt ?? undefined;
  }

  releaseLines(): void {
    this.#lines?.release();
  }

  changed(): string | undefined {
    for (const table of this.#tables) {
      const change = table.changed();
      if (change !== undefined) return change;
    }
    return this.#lines?.changed() ?? this.#elf.source.changed();
  }

  close(): void {
    this.#lines?.close();
    for (const table of this.#tables) table.close();
    this.#elf.source.close();
  }
}

function goFramesAt(go: GoPclntab, vaddr: number): readonly SourceFrame[] {
  const frames: SourceFrame[] = [];
  for (const frame of go.sourceFrames(BigInt(vaddr))) {
    // Damage in one frame costs the inlined frames, not the function.
    if (frame.functionName === undefined || frame.functionName === '') continue;
    frames.push({
      functionName: frame.functionName,
      ...(frame.file !== undefined && { file: frame.file }),
      ...(frame.line !== undefined && frame.line > 0 && { line: frame.line }),
      isInlined: frame.isInlined,
    });
  }
  return frames;
}
