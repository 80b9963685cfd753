// SPDX-License-Identifier: Apache-2.0
// Go's table of functions, files and lines. The runtime needs it for stack growth and panics, so
// it is in every Go program and survives `-s -w` and strip.
import type { ElfFile } from '../../elf/elfFile.ts';
import { GO_LIMITS } from '../limits.ts';
import { type FunctionTable, readFunctionTable } from './functionTable.ts';
import type { PclntabHeader } from './header.ts';
import { inlinedCallAt } from './inlineTree.ts';
import { FUNC, type GoPclntabLayoutName } from './layout.ts';
import { locatePclntab, type PclntabEvidence } from './locate.ts';
import { findModuledata, type GoModuledata, isInCode } from './moduledata.ts';
import { pcValueAt } from './pcValue.ts';

export interface GoFileAndLine {
  readonly file: string;
  readonly line: number;
}

/** One frame of the source at an instruction; inlined calls are frames of their own. */
export interface GoSourceFrame {
  readonly functionName: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** Where the function starts in its file (Go ≥ 1.20). */
  readonly startLine: number | undefined;
  readonly isInlined: boolean;
}

/** Where the code of the Go module starts, and how that is known. */
export interface GoTextRange {
  readonly start: bigint;
  readonly end: bigint;
  /** Ordered by trust. Go ≥ 1.26 leaves pcHeader.textStart 0. */
  readonly evidence: 'moduledata' | 'functab' | 'pcHeader.textStart';
}

/**
 * Finds and checks the pclntab. Undefined for programs that have none, and, with a diagnostic,
 * for damaged ones. Works without sections and symbols, on any machine, in either byte order.
 * @throws InputError `io`
 */
export function openGoPclntab(elf: ElfFile): GoPclntab | undefined {
  const located = locatePclntab(elf);
  if (located === undefined) return undefined;
  const functions = readFunctionTable(elf, located.header);
  if (functions === undefined) return undefined;
  const moduledata = findModuledata(elf, located.header, functions);
  const text = textRange(elf, located.header, functions, moduledata);
  if (text === undefined) {
    elf.diagnostics.add(
      'unsupported',
      'Go text start',
      'neither moduledata nor the pclntab tells it; functions have names but no addresses',
      located.header.fileOffset,
    );
  }
  return new GoPclntab(elf, located.header, located.evidence, functions, moduledata, text);
}

function textRange(
  elf: ElfFile,
  header: PclntabHeader,
  functions: FunctionTable,
  moduledata: GoModuledata | undefined,
): GoTextRange | undefined {
  if (moduledata !== undefined) {
    return { start: moduledata.text, end: moduledata.etext, evidence: 'moduledata' };
  }
  const last = functions.entryOffsets[functions.entryOffsets.length - 1]!;
  const start = functions.isTextRelative ? header.declaredTextStart : functions.firstEntry;
  if (start === 0 || !isInCode(elf, start) || !isInCode(elf, start + last - 1)) return undefined;
  const evidence = functions.isTextRelative ? 'pcHeader.textStart' : 'functab';
  return { start: BigInt(start), end: BigInt(start + last), evidence };
}

/** See {@link openGoPclntab}. Functions are numbered by ascending address. */
export class GoPclntab {
  readonly layout: GoPclntabLayoutName;
  /** Releases of Go that write this layout, in words. */
  readonly releases: string;
  readonly evidence: PclntabEvidence;
  readonly vaddr: bigint;
  readonly fileOffset: number;
  readonly functionCount: number;
  /** pcHeader.textStart as it stands in the file. Not to be trusted: see `text`. */
  readonly declaredTextStart: number;
  /** Undefined when no evidence holds: then there are no addresses. */
  readonly text: GoTextRange | undefined;
  readonly moduledata: GoModuledata | undefined;
  /** Ascending; bytes from {@link entryBase}. One more than functions: the end of the last. */
  readonly entryOffsets: Uint32Array;
  /** What `entryOffsets` count from, where known. */
  readonly entryBase: bigint | undefined;
  readonly #elf: ElfFile;
  readonly #header: PclntabHeader;
  readonly #funcOffsets: Uint32Array;

  constructor(
    elf: ElfFile,
    header: PclntabHeader,
    evidence: PclntabEvidence,
    functions: FunctionTable,
    moduledata: GoModuledata | undefined,
    text: GoTextRange | undefined,
  ) {
    this.layout = header.layout.name;
    this.releases = header.layout.releases;
    this.evidence = evidence;
    this.vaddr = header.vaddr;
    this.fileOffset = header.fileOffset;
    this.functionCount = header.functionCount;
    this.declaredTextStart = header.declaredTextStart;
    this.text = text;
    this.moduledata = moduledata;
    this.entryOffsets = functions.entryOffsets;
    this.entryBase = functions.isTextRelative ? text?.start : BigInt(functions.firstEntry);
    if (text === undefined) this.entryBase = undefined;
    this.#elf = elf;
    this.#header = header;
    this.#funcOffsets = functions.funcOffsets;
  }

  /** Offset of each _func from the start of `header.functions`, as it stands in functab. */
  get funcOffsets(): Uint32Array {
    return this.#funcOffsets;
  }

  /** Where the tables are, for those who read them whole. */
  get header(): PclntabHeader {
    return this.#header;
  }

  /** Address of function `i`, at load address 0; undefined where no text start is known. */
  entryVaddr(i: number): bigint | undefined {
    const offset = this.entryOffsets[i];
    if (offset === undefined || this.entryBase === undefined) return undefined;
    return this.entryBase + BigInt(offset);
  }

  /** Bytes up to the next function, padding included. */
  functionSizeBytes(i: number): number {
    return (this.entryOffsets[i + 1] ?? 0) - (this.entryOffsets[i] ?? 0);
  }

  /** `net/http.(*conn).serve`; undefined where the name does not lie in its table. */
  functionName(i: number): string | undefined {
    const nameOffset = this.#field(i, FUNC.nameOffset);
    return nameOffset === undefined ? undefined : this.#name(nameOffset);
  }

  /** Line of `func`; undefined before Go 1.20. */
  startLine(i: number): number | undefined {
    return this.#header.layout.hasStartLine ? this.#field(i, FUNC.startLine) : undefined;
  }

  /** The function that holds this address, or -1. */
  findFunction(vaddr: bigint): number {
    if (this.entryBase === undefined || vaddr < this.entryBase) return -1;
    const offset = vaddr - this.entryBase;
    return offset > 0xffffffffn ? -1 : this.findFunctionByOffset(Number(offset));
  }

  /** The same for a distance from {@link entryBase}: no BigInt, for many look-ups. */
  findFunctionByOffset(offset: number): number {
    const entries = this.entryOffsets;
    const count = this.functionCount;
    if (offset < entries[0]! || offset >= entries[count]!) return -1;
    let low = 0;
    let high = count;
    // Invariant: entries[low] <= offset < entries[high].
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (entries[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low;
  }

  /**
   * File and line of the instruction at this address: of the innermost inlined call. For a return
   * address ask for the byte before it.
   */
  fileAndLine(vaddr: bigint): GoFileAndLine | undefined {
    const i = this.findFunction(vaddr);
    if (i < 0) return undefined;
    return this.#fileAndLine(i, Number(vaddr - this.entryVaddr(i)!));
  }

  /**
   * The frames of the source at this address, innermost first, the function itself last; empty
   * outside Go's code. Inlined calls are resolved from Go 1.18 on, where moduledata was found.
   */
  sourceFrames(vaddr: bigint): GoSourceFrame[] {
    const i = this.findFunction(vaddr);
    if (i < 0) return [];
    const frames: GoSourceFrame[] = [];
    let pcOffset = Number(vaddr - this.entryVaddr(i)!);
    const at = this.#funcAt(i);
    while (at !== undefined && frames.length < GO_LIMITS.inlineDepth) {
      const call = inlinedCallAt(this.#elf, this.#header, this.moduledata?.gofunc, at, pcOffset);
      if (call === undefined) break;
      const place = this.#fileAndLine(i, pcOffset);
      frames.push({
        functionName: this.#name(call.nameOffset),
        file: place?.file,
        line: place?.line,
        startLine: call.startLine,
        isInlined: true,
      });
      pcOffset = call.parentPcOffset;
    }
    const place = this.#fileAndLine(i, pcOffset);
    frames.push({
      functionName: this.functionName(i),
      file: place?.file,
      line: place?.line,
      startLine: this.startLine(i),
      isInlined: false,
    });
    return frames;
  }

  /** Where the fields of _func behind `entry` start in the table. */
  #funcAt(i: number): number | undefined {
    const offset = this.#funcOffsets[i];
    if (offset === undefined || offset >= this.#header.functions.sizeBytes) return undefined;
    const entryBytes = this.#header.layout.isTextRelative ? 4 : this.#header.pointerBytes;
    return this.#header.functions.at + offset + entryBytes;
  }

  #field(i: number, field: number): number | undefined {
    const at = this.#funcAt(i);
    return at === undefined ? undefined : this.#header.table.u32(at + field);
  }

  #name(nameOffset: number): string | undefined {
    const { names, table } = this.#header;
    return nameOffset < names.sizeBytes ? table.text(names.at + nameOffset) : undefined;
  }

  #fileAndLine(i: number, pcOffset: number): GoFileAndLine | undefined {
    const pcfile = this.#field(i, FUNC.pcfile);
    const pcln = this.#field(i, FUNC.pcln);
    if (pcfile === undefined || pcln === undefined) return undefined;
    const fileNumber = pcValueAt(this.#header, pcfile, pcOffset);
    const line = pcValueAt(this.#header, pcln, pcOffset);
    if (fileNumber === undefined || fileNumber < 0 || line === undefined || line < 0) {
      return undefined;
    }
    const file = this.#fileName(i, fileNumber);
    return file === undefined ? undefined : { file, line };
  }

  #fileName(i: number, fileNumber: number): string | undefined {
    const { layout, table, units, files, functionCount, functabAt, pointerBytes } = this.#header;
    if (!layout.hasUnits) {
      const fileTabAt = table.u32(functabAt + (2 * functionCount + 1) * pointerBytes);
      const count = fileTabAt === undefined ? undefined : table.u32(fileTabAt);
      // Entry 0 is the number of entries.
      if (count === undefined || fileNumber === 0 || fileNumber >= count) return undefined;
      const nameAt = table.u32(fileTabAt! + 4 * fileNumber);
      return nameAt === undefined ? undefined : table.text(nameAt);
    }
    const unit = this.#field(i, FUNC.cuOffset);
    if (unit === undefined || 4 * (unit + fileNumber) >= units.sizeBytes) return undefined;
    const nameOffset = table.u32(units.at + 4 * (unit + fileNumber));
    // 0xffffffff: the linker dropped the name, because no function uses it.
    if (nameOffset === undefined || nameOffset >= files.sizeBytes) return undefined;
    return table.text(files.at + nameOffset);
  }
}
