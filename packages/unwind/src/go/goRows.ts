// SPDX-License-Identifier: Apache-2.0
// Go's pcsp tables → rows: SP at every instruction of every function, frameless leaves included.
// All functions are gone through at once, without an object for each.
import { type ElfFile, EM, GO_FUNC, type GoPclntab, type PclntabHeader } from '@otelkit/core';
import { readRange } from '../build/readRange.ts';
import type { TableTarget } from '../cfi/frameSection.ts';
import { UNWIND_LIMITS } from '../limits.ts';
import { CFA } from '../table/layout.ts';
import { END_HEAD } from '../table/rowColumns.ts';
import { GoFunctionRows } from './functionRows.ts';
import { AMD64, ARM64 } from './machineCode.ts';
import { PcValueReader } from './pcValueReader.ts';
import { GO_ROLE, roleOf } from './specialFunctions.ts';

/** Adds a range for each function of the pclntab that has a table of SP deltas. */
export function addGoRows(elf: ElfFile, pclntab: GoPclntab, target: TableTarget): void {
  const { entryBase } = pclntab;
  if (entryBase === undefined) return;
  new GoRows(elf, pclntab.header, target).addAll(pclntab, Number(entryBase));
}

class GoRows {
  readonly #elf: ElfFile;
  readonly #target: TableTarget;
  readonly #header: PclntabHeader;
  readonly #functions: Uint8Array;
  readonly #names: Uint8Array;
  readonly #rowsOf: GoFunctionRows;
  #damagedCount = 0;

  constructor(elf: ElfFile, header: PclntabHeader, target: TableTarget) {
    this.#elf = elf;
    this.#target = target;
    this.#header = header;
    this.#functions = this.#part(header.functions);
    this.#names = this.#part(header.names);
    const pcs = new PcValueReader(this.#part(header.pcs), header.minLC);
    const machine = elf.header.machine === EM.AARCH64 ? ARM64 : AMD64;
    this.#rowsOf = new GoFunctionRows(elf, machine, pcs, target);
  }

  #part(part: { readonly at: number; readonly sizeBytes: number }): Uint8Array {
    const size = Math.min(part.sizeBytes, UNWIND_LIMITS.goTableBytes);
    if (size < part.sizeBytes) {
      this.#elf.diagnostics.add('limit', 'Go pclntab', `only ${size} bytes of a part are read`);
    }
    // A view of the source's cache would not outlive further reads of many pages.
    return readRange(this.#elf.source, this.#header.fileOffset + part.at, size);
  }

  addAll(pclntab: GoPclntab, entryBase: number): void {
    const { rows, baseVaddr, endVaddr } = this.#target;
    const { entryOffsets, funcOffsets, functionCount } = pclntab;
    const entryBytes = this.#header.layout.isTextRelative ? 4 : this.#header.pointerBytes;
    for (let i = 0; i < functionCount && !rows.isFull; i++) {
      const vaddr = entryBase + entryOffsets[i]!;
      const end = entryBase + entryOffsets[i + 1]!;
      if (end <= vaddr) continue;
      const fieldsAt = funcOffsets[i]! + entryBytes;
      const pcsp = this.#word(fieldsAt + GO_FUNC.pcsp);
      if (!(vaddr >= baseVaddr && end <= endVaddr) || pcsp < 0) {
        this.#damaged(i);
        continue;
      }
      const role = roleOf(this.#names, this.#word(fieldsAt + GO_FUNC.nameOffset));
      this.#addFunction(i, role, pcsp, vaddr - baseVaddr, end - baseVaddr);
    }
    if (this.#damagedCount > 1) {
      const what = `${this.#damagedCount} functions have no usable table of SP deltas`;
      this.#elf.diagnostics.add('bad-value', 'Go pcsp', what, this.#header.fileOffset);
    }
  }

  /** A number of the functions' part; -1 outside. */
  #word(at: number): number {
    const bytes = this.#functions;
    if (!(at >= 0 && at + 4 <= bytes.length)) return -1;
    return (
      (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
    );
  }

  #addFunction(i: number, role: number, pcsp: number, start: number, end: number): void {
    const { rows } = this.#target;
    if (role === GO_ROLE.END) rows.addRange(start, end, END_HEAD, 0);
    else if (role === GO_ROLE.SIGRETURN) rows.addRange(Math.max(0, start - 1), end, CFA.SIGNAL, 0);
    // Functions of C that were linked along have no table: call frame information tells of them.
    else if (pcsp !== 0) {
      rows.openRange(start, end);
      if (this.#rowsOf.add(role, pcsp, start, end)) rows.closeRange();
      else {
        rows.dropRange();
        this.#damaged(i);
      }
    }
  }

  #damaged(i: number): void {
    this.#damagedCount++;
    if (this.#damagedCount > 1) return;
    const what = 'its addresses or its table of SP deltas are out of range';
    this.#elf.diagnostics.add('bad-value', `Go function ${i}`, what, this.#header.fileOffset);
  }
}
