// SPDX-License-Identifier: Apache-2.0
// The rows of one Go function: its SP deltas, and where its code says that the caller's frame
// pointer is.
import type { ElfFile } from '@otelkit/core';
import type { TableTarget } from '../cfi/frameSection.ts';
import { UNWIND_LIMITS } from '../limits.ts';
import { AARCH64_REGISTERS } from '../table/layout.ts';
import { END_HEAD } from '../table/rowColumns.ts';
import { GoFrameRules } from './frameRules.ts';
import { CODE_MARGIN_BYTES, type GoMachine } from './machineCode.ts';
import type { PcValueReader } from './pcValueReader.ts';
import { GO_ROLE } from './specialFunctions.ts';
import { TextWindow } from './textWindow.ts';

const NEVER: number = Number.POSITIVE_INFINITY;

export class GoFunctionRows {
  readonly #machine: GoMachine;
  readonly #pcs: PcValueReader;
  readonly #target: TableTarget;
  readonly #rules: GoFrameRules;
  readonly #text: TextWindow;
  readonly #isArm64: boolean;
  /** Offset from which the caller's FP is saved in this function. */
  #fpSavedFrom = NEVER;

  constructor(elf: ElfFile, machine: GoMachine, pcs: PcValueReader, target: TableTarget) {
    this.#machine = machine;
    this.#pcs = pcs;
    this.#target = target;
    this.#rules = new GoFrameRules(target);
    this.#text = new TextWindow(elf);
    this.#isArm64 = target.registers === AARCH64_REGISTERS;
  }

  /** Adds rows to the open range; false when the function's table is damaged. */
  add(role: number, pcsp: number, start: number, end: number): boolean {
    this.#fpSavedFrom = NEVER;
    this.#pcs.open(pcsp);
    const isSmall = end - start <= UNWIND_LIMITS.goSpecialFunctionBytes;
    if (role !== GO_ROLE.PLAIN && isSmall) this.#addSpecial(role, start, end);
    else this.#addPlain(start, end);
    return !this.#pcs.isDamaged && !this.#target.rows.isFull;
  }

  #addPlain(start: number, end: number): void {
    const pcs = this.#pcs;
    let before = 0;
    while (pcs.next() && start + pcs.start < end) {
      const at = start + pcs.start;
      const delta = pcs.value;
      if (delta > before && this.#fpSavedFrom === NEVER) this.#lookForSavedFp(at, before, delta);
      if (this.#isArm64 && delta < before) this.#addRestored(at, start, before);
      before = delta;
      if (this.#isArm64 && delta > 0 && this.#fpSavedFrom === NEVER) {
        // A frame that is not the assembler's: where its return address is, it does not say.
        this.#rules.addForeignFrameRow(at);
        continue;
      }
      this.#rules.addRow(at, delta, at >= this.#fpSavedFrom);
      const isSavedInside = at < this.#fpSavedFrom && this.#fpSavedFrom < start + pcs.end;
      if (isSavedInside && this.#fpSavedFrom < end) {
        this.#rules.addRow(this.#fpSavedFrom, delta, true);
      }
    }
  }

  /** Reads what the instructions around the growth of a frame do with the frame pointer. */
  #lookForSavedFp(at: number, before: number, after: number): void {
    const index = this.#codeAt(at);
    if (index < 0) return;
    const distance = this.#machine.fpSavedAfter(this.#text.bytes, index, before, after);
    if (distance >= 0) this.#fpSavedFrom = at + distance;
  }

  /** The last instruction of an arm64 frame runs with the caller's FP already given back. */
  #addRestored(at: number, start: number, before: number): void {
    if (at - 4 < start || this.#fpSavedFrom === NEVER) return;
    const index = this.#codeAt(at);
    if (index >= 8 && this.#machine.isFpRestored(this.#text.bytes, index - 4)) {
      this.#rules.addRow(at - 4, before, false);
    }
  }

  /** Index of an address in the window, with bytes before and behind it; -1 without them. */
  #codeAt(at: number): number {
    const vaddr = this.#target.baseVaddr + at;
    const behind = this.#text.at(vaddr - CODE_MARGIN_BYTES, 2 * CODE_MARGIN_BYTES);
    if (behind >= 0) return behind + CODE_MARGIN_BYTES;
    // The first and the last function of the text have nothing there.
    return this.#text.at(vaddr, 4);
  }

  /** Functions that change stacks are small: each of their instructions is looked at. */
  #addSpecial(role: number, start: number, end: number): void {
    const index = this.#text.at(this.#target.baseVaddr + start, end - start);
    if (index < 0) {
      this.#addPlain(start, end);
      return;
    }
    const code = this.#text.bytes;
    const machine = this.#machine;
    const pcs = this.#pcs;
    let fpSetFrom = NEVER;
    let isAway = false;
    let isFpLost = false;
    let before = 0;
    let isMore = pcs.next();
    for (let at = start; at < end && isMore; at += machine.stepBytes) {
      const place = index + at - start;
      while (isMore && start + pcs.end <= at) isMore = pcs.next();
      if (!isMore) return;
      const delta = pcs.value;
      if (delta > before && this.#fpSavedFrom === NEVER) {
        const distance = machine.fpSavedAfter(code, place, before, delta);
        if (distance >= 0) this.#fpSavedFrom = at + distance;
      }
      before = delta;
      if (at >= this.#fpSavedFrom && fpSetFrom === NEVER) {
        const sizeBytes = machine.fpSetBytes(code, place, delta);
        if (sizeBytes > 0) fpSetFrom = at + sizeBytes;
      }
      const isRestored = machine.isFpRestored(code, place);
      if (isRestored) isFpLost = false;
      const isFramed = at >= fpSetFrom && delta > 0;
      if (isFramed && !isFpLost && !isRestored) this.#rules.addFramePointerRow(at, delta);
      else if (isFramed ? isFpLost : isAway && fpSetFrom === NEVER) {
        this.#rules.addForeignFrameRow(at);
      } else this.#rules.addRow(at, delta, at >= this.#fpSavedFrom);
      if (isAway && machine.loadsOtherFp(code, place)) isFpLost = true;
      const switchBytes = machine.stackSwitchBytes(code, place);
      if (switchBytes === 0 || at + switchBytes >= end) continue;
      if (role === GO_ROLE.END_AFTER_SWITCH) {
        this.#target.rows.addRow(at + switchBytes, END_HEAD, 0);
        return;
      }
      isAway = !isAway;
      at += switchBytes - machine.stepBytes;
    }
  }
}
