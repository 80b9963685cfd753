// SPDX-License-Identifier: Apache-2.0
import { UNWIND_LIMITS } from '../limits.ts';
import { STATE_WORDS } from './state.ts';

/** The stack of DW_CFA_remember_state, in one array. */
export class RememberedStates {
  readonly #words = new Int32Array(STATE_WORDS * UNWIND_LIMITS.rememberedStates);
  #depth = 0;

  clear(): void {
    this.#depth = 0;
  }

  /** False when there is no room for another. */
  push(state: Int32Array): boolean {
    if (this.#depth >= UNWIND_LIMITS.rememberedStates) return false;
    const at = this.#depth * STATE_WORDS;
    for (let i = 0; i < STATE_WORDS; i++) this.#words[at + i] = state[i]!;
    this.#depth++;
    return true;
  }

  /** False when there is none. */
  pop(state: Int32Array): boolean {
    if (this.#depth === 0) return false;
    this.#depth--;
    const at = this.#depth * STATE_WORDS;
    for (let i = 0; i < STATE_WORDS; i++) state[i] = this.#words[at + i]!;
    return true;
  }
}
