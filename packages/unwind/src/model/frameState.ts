// SPDX-License-Identifier: Apache-2.0
// What is known of the frame that is being unwound, and how its caller becomes that frame.
import { STACK_END } from './ends.ts';
import type { MachineModel } from './machines.ts';
import type { WordReader } from './memory.ts';

const LEAST_ADDRESS = 4_096;
/** Alternate signal stacks, and the system stacks of Go, may lie above the stack they return to. */
const MOST_STACK_SWITCHES = 8;

export class FrameState {
  pc = 0;
  sp = 0;
  fp = 0;
  lr = 0;
  isFpKnown = true;
  isLrKnown = false;
  /** PC is where the frame was interrupted, not where a call returns to. */
  isInterrupted = true;
  /** In the innermost frame, and in one that a signal interrupted, all registers are known. */
  registers: Float64Array | undefined;
  /** The kept register's value while nobody saved it, then where it is; -1: nobody knows. */
  #keptValue = 0;
  keptAt = 0;
  readonly machine: MachineModel;
  readonly memory: WordReader;
  #stackSwitches = 0;

  constructor(machine: MachineModel, memory: WordReader) {
    this.machine = machine;
    this.memory = memory;
  }

  enterRegisters(registers: Float64Array, isInterrupted: boolean): void {
    const { machine } = this;
    this.registers = registers;
    this.pc = registers[machine.pc]!;
    this.sp = registers[machine.sp]!;
    this.fp = registers[machine.fp]!;
    this.isFpKnown = true;
    this.isLrKnown = machine.lr >= 0;
    this.lr = this.isLrKnown ? registers[machine.lr]! : 0;
    this.isInterrupted = isInterrupted;
    this.#keptValue = machine.kept < 0 ? 0 : registers[machine.kept]!;
    this.keptAt = machine.kept < 0 ? -1 : 0;
  }

  /** The value of a DWARF register; undefined where it is not known any more. */
  register(number: number): number | undefined {
    if (number === this.machine.sp) return this.sp;
    if (number === this.machine.fp) return this.isFpKnown ? this.fp : undefined;
    if (number !== this.machine.kept) return this.registers?.[number];
    if (this.keptAt < 0) return undefined;
    return this.keptAt === 0 ? this.#keptValue : this.memory.word(this.keptAt);
  }

  /** Makes the caller at `ra`, whose stack pointer is `cfa`, the current frame. */
  enterCaller(cfa: number, ra: number): number {
    // Nobody calls from address 0: what a thread's first frame returns to.
    if (ra === 0) return STACK_END.COMPLETE;
    if (!this.isAddress(ra)) return STACK_END.BAD_RULE;
    // A function that saved nothing has its caller's SP, where there is a link register.
    const isLeaf = cfa === this.sp && this.isLrKnown;
    if (cfa <= this.sp && !isLeaf && !this.switchStack()) return STACK_END.NO_PROGRESS;
    this.sp = cfa;
    this.pc = ra;
    this.isInterrupted = false;
    this.registers = undefined;
    this.isLrKnown = false;
    return STACK_END.NONE;
  }

  /** False when the stack went down too often: a damaged one would be walked for ever. */
  switchStack(): boolean {
    this.#stackSwitches++;
    return this.#stackSwitches <= MOST_STACK_SWITCHES;
  }

  isAddress(value: number): boolean {
    return value >= LEAST_ADDRESS && value < 2 ** this.machine.addressBits;
  }

  /** Removes a pointer authentication code (AArch64): addresses end below the sign bits. */
  stripped(address: number): number {
    return this.machine.lr < 0 ? address : address % 2 ** this.machine.addressBits;
  }
}
