// SPDX-License-Identifier: Apache-2.0
// From a frame to its caller by a rule of the table: docs/profile-internals.md section 1.
import { CFA, FP_SAVED, RA_SAVED, RBX_SAVED, SIDE_RA } from '../table/layout.ts';
import type { TableReader } from '../table/readTable.ts';
import { STACK_END } from './ends.ts';
import type { FrameState } from './frameState.ts';

/** Not in tables: nothing is known here, so a frame pointer is tried and looked at closely. */
export const GUESS = 16;
const MOST_GUESSED_FRAME_BYTES = 1_048_576;

/** Goes to the caller; returns 0 or how the stack ended. `table` holds the rule that was found. */
export function stepFrame(state: FrameState, kind: number, table: TableReader | undefined): number {
  switch (kind) {
    case CFA.NONE:
      return STACK_END.NO_UNWIND_INFO;
    case CFA.END:
      return STACK_END.COMPLETE;
    case CFA.SIGNAL:
      return stepSignal(state);
    case CFA.FRAME_POINTER:
      return stepFramePointer(state, false);
    case GUESS:
      return stepFramePointer(state, true);
    case CFA.SIDE:
      return stepSideRule(state, table!);
    default:
      return stepRow(state, table!, kind);
  }
}

function stepFramePointer(state: FrameState, isGuess: boolean): number {
  const { fp, sp, memory } = state;
  const failure = isGuess ? STACK_END.NO_MAPPING : STACK_END.BAD_FRAME_POINTER;
  if (!state.isFpKnown || fp % 8 !== 0) return failure;
  // The outermost frame by the psABI; where nothing is known it may be a register like others.
  if (fp === 0) return isGuess ? failure : STACK_END.COMPLETE;
  if (isGuess && !(fp >= sp && fp - sp <= MOST_GUESSED_FRAME_BYTES)) return failure;
  const callerFp = memory.word(fp);
  const ra = memory.word(fp + 8);
  if (callerFp === undefined || ra === undefined) {
    return isGuess ? failure : STACK_END.STACK_UNREADABLE;
  }
  const target = state.stripped(ra);
  if (!state.isAddress(target)) return target === 0 && !isGuess ? STACK_END.COMPLETE : failure;
  state.fp = callerFp;
  state.keptAt = -1;
  return state.enterCaller(fp + 16, target);
}

/** From a signal handler's trampoline to the frame that the signal interrupted. */
function stepSignal(state: FrameState): number {
  const { machine, memory, sp } = state;
  const registers = new Float64Array(machine.registers);
  for (let i = 0; i < registers.length; i++) {
    const word = memory.word(sp + machine.signalOffset + 8 * machine.signalWords[i]!);
    if (word === undefined) return STACK_END.STACK_UNREADABLE;
    registers[i] = word;
  }
  if (registers[machine.sp]! <= sp && !state.switchStack()) return STACK_END.NO_PROGRESS;
  state.enterRegisters(registers, true);
  return STACK_END.NONE;
}

function stepRow(state: FrameState, table: TableReader, kind: number): number {
  const cfa = cfaOf(state, table, kind);
  if (cfa < 0) return -cfa;
  const { raSaved, fpOffset } = table;
  if (raSaved === RA_SAVED.UNDEFINED) return STACK_END.COMPLETE;
  if (raSaved > RA_SAVED.UNDEFINED) return STACK_END.BAD_RULE;
  let ra: number | undefined;
  if (raSaved === RA_SAVED.BESIDE_FP) ra = state.memory.word(cfa + fpOffset + 8);
  else if (state.machine.lr < 0) ra = state.memory.word(cfa - 8);
  else if (state.isLrKnown) ra = state.lr;
  else return STACK_END.BAD_RULE;
  if (ra === undefined) return STACK_END.STACK_UNREADABLE;
  const failure = restoreFp(state, table.fpSaved, cfa, fpOffset);
  if (failure !== STACK_END.NONE) return failure;
  if (raSaved === RA_SAVED.BESIDE_FP || table.rbxSaved === RBX_SAVED.UNKNOWN) state.keptAt = -1;
  else if (table.rbxSaved !== 0) state.keptAt = cfa - 8 * (table.rbxSaved - 1);
  return state.enterCaller(cfa, state.stripped(ra));
}

/** The CFA, or the negative number of the reason for having none. */
function cfaOf(state: FrameState, table: TableReader, kind: number): number {
  const offset = table.cfaOffset;
  switch (kind) {
    case CFA.SP:
      return placed(state.sp + offset);
    case CFA.FP:
      return state.isFpKnown ? placed(state.fp + offset) : -STACK_END.BAD_FRAME_POINTER;
    case CFA.DEREF_FP:
      if (!state.isFpKnown) return -STACK_END.BAD_FRAME_POINTER;
      return state.memory.word(state.fp + offset) ?? -STACK_END.STACK_UNREADABLE;
    case CFA.DEREF_SP:
      return state.memory.word(state.sp + offset) ?? -STACK_END.STACK_UNREADABLE;
    case CFA.PLT:
      return state.sp + 8 + (state.pc % 16 >= offset ? 8 : 0);
    default:
      return -STACK_END.BAD_RULE;
  }
}

/** An address below 0 is far above every stack in 64 bits. */
function placed(address: number): number {
  return address < 0 ? -STACK_END.STACK_UNREADABLE : address;
}

function restoreFp(state: FrameState, kind: number, cfa: number, offset: number): number {
  if (kind === FP_SAVED.UNCHANGED) return STACK_END.NONE;
  if (kind === FP_SAVED.UNKNOWN) {
    state.isFpKnown = false;
    return STACK_END.NONE;
  }
  if (kind > FP_SAVED.AT_FP) return STACK_END.BAD_RULE;
  if (kind === FP_SAVED.AT_FP && !state.isFpKnown) return STACK_END.BAD_FRAME_POINTER;
  const from = kind === FP_SAVED.AT_FP ? state.fp : cfa;
  const fp = state.memory.word(from + offset);
  if (fp === undefined) {
    // Below SP it was popped already: compilers say so late, and a copy of the stack begins at SP.
    return from + offset < state.sp ? STACK_END.NONE : STACK_END.STACK_UNREADABLE;
  }
  state.fp = fp;
  state.isFpKnown = true;
  return STACK_END.NONE;
}

function stepSideRule(state: FrameState, table: TableReader): number {
  const rule = table.sideRule(table.cfaOffset & 0xffff);
  if (rule === undefined) return STACK_END.TABLE_BOUNDS;
  const base = state.register(rule.cfaRegister);
  if (base === undefined) return STACK_END.BAD_RULE;
  let cfa = base + rule.cfaOffset;
  if (rule.cfaDeref !== 0) {
    const word = state.memory.word(cfa);
    if (word === undefined) return STACK_END.STACK_UNREADABLE;
    cfa = word + rule.cfaAdd;
  }
  if (rule.raKind === SIDE_RA.UNDEFINED) return STACK_END.COMPLETE;
  let ra: number | undefined;
  if (rule.raKind === SIDE_RA.REGISTER) {
    ra = state.register(rule.raRegister);
    if (ra === undefined) return STACK_END.BAD_RULE;
  } else if (rule.raKind !== SIDE_RA.AT_CFA) return STACK_END.BAD_RULE;
  else ra = state.memory.word(cfa + rule.raOffset);
  if (ra === undefined) return STACK_END.STACK_UNREADABLE;
  const failure = restoreFp(state, rule.fpKind, cfa, rule.fpOffset);
  state.keptAt = -1;
  return failure === STACK_END.NONE ? state.enterCaller(cfa, state.stripped(ra)) : failure;
}
