// SPDX-License-Identifier: Apache-2.0
// Where fields stand in the notes of a Linux core file (kernel: include/linux/elfcore.h,
// include/uapi/linux/elfcore.h, fs/binfmt_elf.c). They follow the class, and for registers the
// machine.
import { EM } from '../elf/constants.ts';

export const NT_CORE = {
  PRSTATUS: 1,
  PRPSINFO: 3,
  AUXV: 6,
  FILE: 0x46494c45,
  SIGINFO: 0x53494749,
} as const;

export interface PrstatusLayout {
  readonly cursig: number;
  readonly pid: number;
  readonly registers: number;
}

export const PRSTATUS: { readonly 32: PrstatusLayout; readonly 64: PrstatusLayout } = {
  32: { cursig: 12, pid: 24, registers: 72 },
  64: { cursig: 12, pid: 32, registers: 112 },
};

export interface PrpsinfoLayout {
  readonly sizeBytes: number;
  readonly uid: number;
  readonly idBytes: 2 | 4;
  readonly pid: number;
  readonly name: number;
  readonly args: number;
}

/** By the note's size: 32-bit machines differ in the width of a user ID. */
export const PRPSINFO: readonly PrpsinfoLayout[] = [
  { sizeBytes: 136, uid: 16, idBytes: 4, pid: 24, name: 40, args: 56 },
  { sizeBytes: 128, uid: 8, idBytes: 4, pid: 16, name: 32, args: 48 },
  { sizeBytes: 124, uid: 8, idBytes: 2, pid: 12, name: 28, args: 44 },
];
export const PRPSINFO_NAME_BYTES = 16;
export const PRPSINFO_ARGS_BYTES = 80;

/** Index of program counter and stack pointer among the general registers of PRSTATUS. */
export const REGISTER_INDEX: Readonly<
  Record<number, { readonly pc: number; readonly sp: number }>
> = {
  [EM.X86_64]: { pc: 16, sp: 19 },
  [EM.I386]: { pc: 12, sp: 15 },
  [EM.AARCH64]: { pc: 32, sp: 31 },
  [EM.ARM]: { pc: 15, sp: 13 },
  [EM.RISCV]: { pc: 0, sp: 2 },
  [EM.S390]: { pc: 1, sp: 17 },
};

/** AT_* of the auxiliary vector (include/uapi/linux/auxvec.h). */
export const AT = {
  NULL: 0,
  PHDR: 3,
  PHNUM: 5,
  PAGESZ: 6,
  BASE: 7,
  ENTRY: 9,
  UID: 11,
  HWCAP: 16,
  EXECFN: 31,
  SYSINFO_EHDR: 33,
} as const;

const SIGNALS: readonly (string | undefined)[] = [
  undefined,
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
];

/** Name of a signal by the numbers that all machines but MIPS, Alpha, SPARC and PA-RISC share. */
export function signalName(machine: number, signal: number): string | null {
  const differs =
    machine === EM.MIPS || machine === EM.SPARC || machine === EM.SPARCV9 || machine === EM.PARISC;
  return differs ? null : (SIGNALS[signal] ?? null);
}
