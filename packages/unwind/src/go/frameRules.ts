// SPDX-License-Identifier: Apache-2.0
// SP delta and frame pointer of one place in a Go function → its rule.

import type { TableTarget } from '../cfi/frameSection.ts';
import { CFA_FROM, SAVED, STATE, STATE_WORDS } from '../cfi/state.ts';
import { AARCH64_REGISTERS, CFA } from '../table/layout.ts';
import { NONE_HEAD } from '../table/rowColumns.ts';

/** Adds rows of Go functions; addresses count from the table's base. */
export class GoFrameRules {
  readonly #target: TableTarget;
  readonly #isArm64: boolean;
  readonly #state = new Int32Array(STATE_WORDS);

  constructor(target: TableTarget) {
    this.#target = target;
    this.#isArm64 = target.registers === AARCH64_REGISTERS;
  }

  /** SP is `delta` bytes below its value at the function's entry. */
  addRow(at: number, delta: number, isFpSaved: boolean): void {
    if (delta < 0) this.#target.rows.addRow(at, NONE_HEAD, 0);
    else if (this.#isArm64) this.#addArm64(at, delta, isFpSaved, this.#target.registers.sp, delta);
    else this.#addAmd64(at, delta, isFpSaved);
  }

  /** The same where SP cannot be relied upon and FP points to the frame's own slot. */
  addFramePointerRow(at: number, delta: number): void {
    // Go's frame pointer on arm64 lies 8 below the SP that the function works with.
    const { registers } = this.#target;
    if (this.#isArm64) this.#addArm64(at, delta, true, registers.fp, delta + 8);
    else this.addForeignFrameRow(at);
  }

  /** Only FP is left to go on with. */
  addForeignFrameRow(at: number): void {
    this.#target.rows.addRow(at, CFA.FRAME_POINTER, 0);
  }

  /** The caller's SP is the CFA, the return address below it, and below that the saved FP. */
  #addAmd64(at: number, delta: number, isFpSaved: boolean): void {
    const state = this.#state;
    state.fill(0);
    state[STATE.cfaKind] = CFA_FROM.REGISTER;
    state[STATE.cfaRegister] = this.#target.registers.sp;
    state[STATE.cfaOffset] = delta + 8;
    state[STATE.ra] = SAVED.AT_CFA;
    state[STATE.ra + 1] = -8;
    // Go's functions keep no registers.
    state[STATE.kept] = SAVED.UNKNOWN;
    if (isFpSaved && delta >= 8) {
      state[STATE.fp] = SAVED.AT_CFA;
      state[STATE.fp + 1] = -16;
    }
    this.#add(at);
  }

  /** The return address lies at the bottom of the frame, and the saved FP below it. */
  #addArm64(at: number, delta: number, isFpSaved: boolean, register: number, offset: number): void {
    const state = this.#state;
    state.fill(0);
    state[STATE.cfaKind] = CFA_FROM.REGISTER;
    state[STATE.cfaRegister] = register;
    state[STATE.cfaOffset] = offset;
    if (delta > 0) {
      state[STATE.ra] = SAVED.AT_CFA;
      state[STATE.ra + 1] = -delta;
      if (isFpSaved) {
        state[STATE.fp] = SAVED.AT_CFA;
        state[STATE.fp + 1] = -delta - 8;
      }
    }
    this.#add(at);
  }

  #add(at: number): void {
    const { encoder, registers, rows } = this.#target;
    encoder.encode(this.#state, registers.ra);
    rows.addRow(at, encoder.head, encoder.offsets);
  }
}
