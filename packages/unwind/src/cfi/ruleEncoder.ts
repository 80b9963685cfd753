// SPDX-License-Identifier: Apache-2.0
// From the state of a call frame table to a row's rule (table/layout.ts).
import {
  CFA,
  FP_SAVED,
  type MachineRegisters,
  RA_SAVED,
  RBX_SAVED,
  SIDE_RA,
  X86_64_REGISTERS,
} from '../table/layout.ts';
import { END_HEAD, fits16, NONE_HEAD, ruleHead, ruleOffsets } from '../table/rowColumns.ts';
import { SideRules } from '../table/sideRules.ts';
import { CFA_FROM, SAVED, STATE } from './state.ts';

/** Side rules hold 32-bit offsets. */
function fits32(offset: number): boolean {
  return (offset | 0) === offset;
}

/** Where the caller's rbx is, as a row's high nibble tells it. */
function rbxNibble(state: Int32Array): number {
  const saved = state[STATE.kept]!;
  if (saved === SAVED.DEFAULT || saved === SAVED.SAME) return RA_SAVED.DEFAULT;
  const nibble = 1 - state[STATE.kept + 1]! / 8;
  const isNear = saved === SAVED.AT_CFA && nibble >= RBX_SAVED.LEAST && nibble <= RBX_SAVED.MOST;
  return isNear && Number.isInteger(nibble) ? nibble : RBX_SAVED.UNKNOWN;
}

/** Makes rules; the result of {@link encode} stands in `head` and `offsets`. */
export class RuleEncoder {
  head: number = NONE_HEAD;
  offsets = 0;
  readonly #registers: MachineRegisters;
  readonly #isX86: boolean;
  readonly #sideRules: SideRules;
  #fpKind: number = FP_SAVED.UNCHANGED;
  #fpOffset = 0;
  #cfaRegister = 0;
  #cfaOffset = 0;

  constructor(registers: MachineRegisters, sideRules: SideRules) {
    this.#registers = registers;
    this.#isX86 = registers === X86_64_REGISTERS;
    this.#sideRules = sideRules;
  }

  /** @param raRegister the return address column of the CIE */
  encode(state: Int32Array, raRegister: number): void {
    if (this.#encodeUsual(state)) return;
    this.head = NONE_HEAD;
    this.offsets = 0;
    const raSaved = state[STATE.ra]!;
    if (raSaved === SAVED.UNDEFINED) {
      this.head = END_HEAD;
      return;
    }
    // A frame that restores SP from memory (setcontext) leaves no CFA to go on from.
    const spSaved = state[STATE.sp]!;
    const isSpCfa = spSaved === SAVED.IS_CFA && state[STATE.sp + 1] === 0;
    if (spSaved !== SAVED.DEFAULT && !isSpCfa) return;
    const cfaKind = state[STATE.cfaKind]!;
    if (cfaKind === CFA_FROM.UNKNOWN) return;
    const isRegister = cfaKind === CFA_FROM.REGISTER;
    this.#cfaRegister = state[isRegister ? STATE.cfaRegister : STATE.placeRegister]!;
    this.#cfaOffset = state[isRegister ? STATE.cfaOffset : STATE.placeOffset]!;
    this.#encodeFp(state);
    this.#encodeFrame(state, raRegister);
  }

  /** Nearly every row of x86_64: SP or FP, return address below the CFA. False for others. */
  #encodeUsual(state: Int32Array): boolean {
    const isUsual =
      this.#isX86 &&
      state[STATE.cfaKind] === CFA_FROM.REGISTER &&
      state[STATE.ra] === SAVED.AT_CFA &&
      state[STATE.ra + 1] === -8 &&
      state[STATE.sp] === SAVED.DEFAULT;
    if (!isUsual) return false;
    const register = state[STATE.cfaRegister];
    const offset = state[STATE.cfaOffset]!;
    const fpSaved = state[STATE.fp]!;
    const fpOffset = fpSaved === SAVED.AT_CFA ? state[STATE.fp + 1]! : 0;
    const { sp, fp } = this.#registers;
    if (register !== sp && register !== fp) return false;
    if (fpSaved > SAVED.AT_CFA || !fits16(offset) || !fits16(fpOffset)) return false;
    // FP_SAVED.AT_CFA and SAVED.AT_CFA are the same number, and so are the defaults.
    this.head = ruleHead(register === sp ? CFA.SP : CFA.FP, fpSaved, rbxNibble(state));
    this.offsets = ruleOffsets(offset, fpOffset);
    return true;
  }

  #encodeFp(state: Int32Array): void {
    const first = state[STATE.fp + 1]!;
    this.#fpOffset = 0;
    switch (state[STATE.fp]) {
      case SAVED.DEFAULT:
      case SAVED.SAME:
        this.#fpKind = FP_SAVED.UNCHANGED;
        return;
      case SAVED.AT_CFA:
        this.#fpKind = FP_SAVED.AT_CFA;
        this.#fpOffset = first;
        return;
      case SAVED.AT_REGISTER:
        this.#encodeFpAtRegister(state, first, state[STATE.fp + 2]!);
        return;
      default:
        this.#fpKind = FP_SAVED.UNKNOWN;
    }
  }

  #encodeFpAtRegister(state: Int32Array, register: number, offset: number): void {
    const cfaKind = state[STATE.cfaKind]!;
    const isPlain = cfaKind === CFA_FROM.REGISTER || cfaKind === CFA_FROM.PLACE;
    const isFromCfa = isPlain && this.#cfaRegister === register;
    this.#fpKind = FP_SAVED.UNKNOWN;
    if (isFromCfa) {
      this.#fpKind = FP_SAVED.AT_CFA;
      this.#fpOffset = offset - this.#cfaOffset;
    } else if (register === this.#registers.fp) {
      this.#fpKind = FP_SAVED.AT_FP;
      this.#fpOffset = offset;
    }
  }

  #encodeFrame(state: Int32Array, raRegister: number): void {
    const raSaved = state[STATE.ra]!;
    const raFirst = state[STATE.ra + 1]!;
    let raNibble: number = this.#isX86 ? rbxNibble(state) : RA_SAVED.DEFAULT;
    let isShort = true;
    if (raSaved === SAVED.AT_CFA) {
      if (!this.#isX86 || raFirst !== -8) {
        raNibble = RA_SAVED.BESIDE_FP;
        const fpOffset = raFirst - 8;
        // Without a place of its own the frame pointer lends its field.
        const isFree = this.#fpKind === FP_SAVED.UNCHANGED || this.#fpKind === FP_SAVED.UNKNOWN;
        if (isFree) this.#fpOffset = fpOffset;
        isShort = this.#fpOffset === fpOffset;
      }
    } else if (this.#isX86 || raSaved !== SAVED.DEFAULT || raRegister !== this.#registers.ra) {
      const isInRegister = raSaved === SAVED.REGISTER;
      const isSame = raSaved === SAVED.SAME || raSaved === SAVED.DEFAULT;
      if (!isInRegister && !(isSame && !this.#isX86)) return;
      isShort = !isInRegister && raRegister === this.#registers.ra;
    }
    const kind = this.#shortKind(state);
    isShort &&= fits16(this.#fpOffset) && fits16(this.#cfaOffset);
    if (!isShort || kind === CFA.SIDE) {
      this.#encodeSide(state, raRegister);
      return;
    }
    this.head = ruleHead(kind, this.#fpKind, raNibble);
    this.offsets = ruleOffsets(this.#cfaOffset, this.#fpOffset);
  }

  #shortKind(state: Int32Array): number {
    const register = this.#cfaRegister;
    switch (state[STATE.cfaKind]) {
      case CFA_FROM.REGISTER:
      case CFA_FROM.PLACE:
        if (register === this.#registers.sp) return CFA.SP;
        return register === this.#registers.fp ? CFA.FP : CFA.SIDE;
      case CFA_FROM.PLT:
        return CFA.PLT;
      default:
        if (state[STATE.cfaAdd] !== 0) return CFA.SIDE;
        if (register === this.#registers.sp) return CFA.DEREF_SP;
        return register === this.#registers.fp ? CFA.DEREF_FP : CFA.SIDE;
    }
  }

  #encodeSide(state: Int32Array, raRegister: number): void {
    if (state[STATE.cfaKind] === CFA_FROM.PLT) return;
    const register = this.#cfaRegister;
    const isRaAtCfa = state[STATE.ra] === SAVED.AT_CFA;
    const isRaInOther = state[STATE.ra] === SAVED.REGISTER;
    const raOffset = isRaAtCfa ? state[STATE.ra + 1]! : 0;
    const raIn = isRaInOther ? state[STATE.ra + 1]! : raRegister;
    if (register >= this.#registers.count || raIn >= this.#registers.count) return;
    if (!fits32(this.#fpOffset) || !fits32(raOffset)) return;
    const isPlaced = this.#fpKind === FP_SAVED.AT_CFA || this.#fpKind === FP_SAVED.AT_FP;
    const number = this.#sideRules.numberOf({
      cfaOffset: this.#cfaOffset,
      fpOffset: isPlaced ? this.#fpOffset : 0,
      raOffset,
      cfaAdd: state[STATE.cfaKind] === CFA_FROM.DEREF ? state[STATE.cfaAdd]! : 0,
      cfaRegister: register,
      cfaDeref: state[STATE.cfaKind] === CFA_FROM.DEREF ? 1 : 0,
      fpKind: this.#fpKind,
      raKind: isRaAtCfa ? SIDE_RA.AT_CFA : SIDE_RA.REGISTER,
      raRegister: isRaAtCfa ? 0 : raIn,
    });
    this.head = SideRules.headOf(number);
    this.offsets = Math.max(0, number);
  }
}
