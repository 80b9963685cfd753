// SPDX-License-Identifier: Apache-2.0
// Names that people know machines, types and ABIs by. What has no name stays a number, in hex.
import { hex } from '../bytes/hex.ts';

const MACHINES: Readonly<Record<number, string>> = {
  0: 'none',
  2: 'sparc',
  3: 'i386',
  4: 'm68k',
  8: 'mips',
  15: 'parisc',
  18: 'sparc32plus',
  20: 'ppc',
  21: 'ppc64',
  22: 's390',
  40: 'arm',
  42: 'sh',
  43: 'sparcv9',
  50: 'ia64',
  62: 'x86_64',
  83: 'avr',
  93: 'xtensa-old',
  94: 'xtensa',
  105: 'msp430',
  164: 'hexagon',
  183: 'aarch64',
  189: 'microblaze',
  190: 'cuda',
  195: 'arcv2',
  224: 'amdgpu',
  243: 'riscv',
  247: 'bpf',
  252: 'csky',
  258: 'loongarch',
  36902: 'alpha',
};

const TYPES: Readonly<Record<number, string>> = {
  0: 'ET_NONE',
  1: 'ET_REL',
  2: 'ET_EXEC',
  3: 'ET_DYN',
  4: 'ET_CORE',
};

const OS_ABIS: Readonly<Record<number, string>> = {
  0: 'sysv',
  1: 'hpux',
  2: 'netbsd',
  3: 'gnu',
  6: 'solaris',
  7: 'aix',
  8: 'irix',
  9: 'freebsd',
  10: 'tru64',
  11: 'modesto',
  12: 'openbsd',
  13: 'openvms',
  17: 'cloudabi',
  64: 'arm-eabi',
  97: 'arm',
  255: 'standalone',
};

const ET_LOOS = 0xfe00;
const ET_LOPROC = 0xff00;

/** `x86_64`, `aarch64`, …; `0xbeef` for a machine without a name here. */
export function machineName(machine: number): string {
  return MACHINES[machine] ?? hex(machine);
}

/**
 * `ET_DYN`, …; for the ranges of processors and operating systems, and for what is in none, the
 * first word that readelf has for it. The number itself is in `typeCode`.
 */
export function elfTypeName(elfType: number): string {
  const known = TYPES[elfType];
  if (known !== undefined) return known;
  if (elfType >= ET_LOPROC) return 'PROCESSOR';
  return elfType >= ET_LOOS ? 'OS' : '<unknown>:';
}

/** `sysv`, `gnu`, `freebsd`, …; hexadecimal for an unknown EI_OSABI. */
export function osAbiName(osabi: number): string {
  return OS_ABIS[osabi] ?? hex(osabi);
}
