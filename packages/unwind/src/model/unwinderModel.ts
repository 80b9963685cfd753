// SPDX-License-Identifier: Apache-2.0
// The BPF unwinder in user space: the same tables, the same rules, over registers and a copy of the
// stack. It unwinds what the kernel side could not, and is what that side is tested against.
import { CFA } from '../table/layout.ts';
import { STACK_END } from './ends.ts';
import { FrameState } from './frameState.ts';
import type { MachineModel } from './machines.ts';
import { MAPPING_KIND, type ModelMapping, type ModelMappings } from './mappings.ts';
import type { WordReader } from './memory.ts';
import { GUESS, stepFrame } from './stepFrame.ts';

const TWO_32 = 4_294_967_296;
const MOST_FRAMES = 1_920;

export interface UnwoundStack {
  readonly count: number;
  /** Number of the file of each frame, innermost first; 0: none. */
  readonly slots: Uint16Array;
  /** Addresses in that file (callers are return address − 1); without a file, absolute ones. */
  readonly vaddrs: Float64Array;
  /** One of {@link STACK_END}. */
  readonly end: number;
  /** A table was not there yet. */
  readonly isTableMissing: boolean;
}

export interface UnwindRequest {
  /** In the order of a raw copy: DWARF numbers, then flags (x86_64) or pc and pstate. */
  readonly registers: BigUint64Array;
  readonly memory: WordReader;
  readonly mappings: ModelMappings;
  /** False in a system call: PC is then where it returns to. */
  readonly isInterrupted?: boolean;
}

/** Unwinds stacks of one machine; reuse it. */
export class UnwinderModel {
  readonly #machine: MachineModel;
  readonly #mostFrames: number;
  readonly #slots: Uint16Array;
  readonly #vaddrs: Float64Array;

  constructor(machine: MachineModel, mostFrames: number = MOST_FRAMES) {
    this.#machine = machine;
    this.#mostFrames = Math.min(mostFrames, MOST_FRAMES);
    this.#slots = new Uint16Array(this.#mostFrames);
    this.#vaddrs = new Float64Array(this.#mostFrames);
  }

  unwind(request: UnwindRequest): UnwoundStack {
    const { mappings, memory, isInterrupted = true } = request;
    const state = new FrameState(this.#machine, memory);
    state.enterRegisters(doubles(request.registers), isInterrupted);
    let count = 0;
    let end: number = STACK_END.NONE;
    let isTableMissing = false;
    while (end === STACK_END.NONE) {
      if (count >= this.#mostFrames) {
        end = STACK_END.TRUNCATED_DEPTH;
        break;
      }
      // A return address may be the first one behind its function: the call is what counts.
      let pc = state.isInterrupted ? state.pc : state.pc - 1;
      const mapping = mappings.find(pc);
      const bias = mapping?.bias ?? 0;
      const kind = lookUp(mapping, pc - bias);
      // Nobody called a signal handler's trampoline: it begins where the handler returns to.
      if (kind === CFA.SIGNAL) pc = state.pc;
      this.#slots[count] = mapping?.slot ?? 0;
      this.#vaddrs[count] = pc - bias;
      count++;
      if (mapping?.kind === MAPPING_KIND.TABLE && mapping.table === undefined)
        isTableMissing = true;
      end = stepFrame(state, kind, mapping?.table);
    }
    return {
      count,
      slots: this.#slots.slice(0, count),
      vaddrs: this.#vaddrs.slice(0, count),
      end,
      isTableMissing,
    };
  }
}

/** The kind of rule at an address; the table, where it is one of a table, then holds the rule. */
function lookUp(mapping: ModelMapping | undefined, vaddr: number): number {
  switch (mapping?.kind) {
    case MAPPING_KIND.TABLE:
      if (mapping.table === undefined) return CFA.NONE;
      mapping.table.find(vaddr);
      return mapping.table.cfaKind;
    case MAPPING_KIND.FRAME_POINTERS:
      return CFA.FRAME_POINTER;
    case MAPPING_KIND.END:
      return CFA.END;
    default:
      return GUESS;
  }
}

function doubles(registers: BigUint64Array): Float64Array {
  const words = new Uint32Array(registers.buffer, registers.byteOffset, 2 * registers.length);
  const values = new Float64Array(registers.length);
  // Only on little endian hosts is there anything to profile.
  for (let i = 0; i < values.length; i++) values[i] = words[2 * i + 1]! * TWO_32 + words[2 * i]!;
  return values;
}
