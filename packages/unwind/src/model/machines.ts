// SPDX-License-Identifier: Apache-2.0
// Registers in the order of a raw copy (docs/profile-internals.md section 3), and where the kernel
// puts them into the frame of a signal.
import { EM } from '@otelkit/core';

export interface MachineModel {
  readonly machine: number;
  /** Registers of a raw copy. */
  readonly registers: number;
  readonly fp: number;
  readonly sp: number;
  readonly pc: number;
  /** One that calls keep and whose place is followed; -1: none. */
  readonly kept: number;
  /** The link register; -1 where calls put the return address on the stack. */
  readonly lr: number;
  readonly addressBits: number;
  /** From SP in the signal trampoline to the saved registers. */
  readonly signalOffset: number;
  /** Place of each register, in words from there. */
  readonly signalWords: readonly number[];
}

/** struct ucontext's uc_mcontext: r8…r15 di si bp bx dx ax cx sp ip flags. */
const X86_64: MachineModel = {
  machine: EM.X86_64,
  registers: 18,
  fp: 6,
  sp: 7,
  pc: 16,
  kept: 3,
  lr: -1,
  addressBits: 47,
  signalOffset: 40,
  signalWords: [13, 12, 14, 11, 9, 8, 10, 15, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17],
};

/** siginfo (128 bytes), then ucontext: uc_mcontext at 176 is fault_address, x0…x30, sp, pc, pstate. */
const AARCH64: MachineModel = {
  machine: EM.AARCH64,
  registers: 34,
  fp: 29,
  sp: 31,
  pc: 32,
  kept: -1,
  lr: 30,
  addressBits: 48,
  signalOffset: 128 + 176 + 8,
  signalWords: Array.from({ length: 34 }, (_, i) => i),
};

/** What is known of this e_machine; undefined for others than x86_64 and AArch64. */
export function machineModel(machine: number): MachineModel | undefined {
  if (machine === EM.X86_64) return X86_64;
  return machine === EM.AARCH64 ? AARCH64 : undefined;
}
