// SPDX-License-Identifier: Apache-2.0
// What each machine's ABI fixes about loading: names of the loaders, Debian's multiarch directory,
// the flags by which ld.so.cache marks the ABI of an entry (glibc, sysdeps/generic/ldconfig.h).
import { EM } from '../elf/constants.ts';
import { machineName } from '../elf/names.ts';
import type { ElfHeader } from '../elf/types.ts';

export interface MachineAbi {
  /** Where the GNU loader of this ABI is installed, the usual one first. */
  readonly glibcLoaders: readonly string[];
  /** The name in `ld-musl-NAME.so.1`. */
  readonly muslName: string;
  /** Debian's multiarch name, `''` where there is none. */
  readonly multiarch: string;
  /** The last part of the library directory without multiarch: `lib64`. */
  readonly libDirectory: string;
  /** Flags of the entries of ld.so.cache that this ABI takes. */
  readonly cacheFlags: readonly number[];
}

export type AbiHeader = Pick<ElfHeader, 'class' | 'data' | 'machine' | 'flags'>;

const FLAG_ELF = 1;
const FLAG_ELF_LIBC6 = 3;
const EF_ARM_ABI_FLOAT_HARD = 0x400;
const EF_ARM_ABI_FLOAT_SOFT = 0x200;
const EF_RISCV_FLOAT_ABI = 6;
const EF_RISCV_FLOAT_ABI_DOUBLE = 4;
const EF_MIPS_ABI2 = 0x20;
const EF_MIPS_NAN2008 = 0x400;
const EF_LARCH_ABI_MASK = 7;
const EF_LARCH_ABI_DOUBLE = 3;
const EF_PPC64_ABI = 3;

/** The ABI of a header; for a machine without an entry, one by the generic rules. */
export function machineAbi(header: AbiHeader): MachineAbi {
  const is64 = header.class === 64;
  switch (header.machine) {
    case EM.X86_64:
      return is64
        ? abi('/lib64/ld-linux-x86-64.so.2', 'x86_64', 'x86_64-linux-gnu', 'lib64', 0x300)
        : abi('/libx32/ld-linux-x32.so.2', 'x32', 'x86_64-linux-gnux32', 'libx32', 0x800);
    case EM.I386:
      return abi('/lib/ld-linux.so.2', 'i386', 'i386-linux-gnu', 'lib', 0);
    case EM.AARCH64:
      return header.data === 'LE'
        ? abi('/lib/ld-linux-aarch64.so.1', 'aarch64', 'aarch64-linux-gnu', 'lib64', 0xa00)
        : abi(
            '/lib/ld-linux-aarch64_be.so.1',
            'aarch64_be',
            'aarch64_be-linux-gnu',
            'lib64',
            0xa00,
          );
    case EM.ARM:
      return armAbi(header);
    case EM.PPC64:
      return (header.flags & EF_PPC64_ABI) === 2 || header.data === 'LE'
        ? abi('/lib64/ld64.so.2', 'powerpc64le', 'powerpc64le-linux-gnu', 'lib64', 0x500)
        : abi('/lib64/ld64.so.1', 'powerpc64', 'powerpc64-linux-gnu', 'lib64', 0x500);
    case EM.PPC:
      return abi('/lib/ld.so.1', 'powerpc', 'powerpc-linux-gnu', 'lib', 0);
    case EM.S390:
      return is64
        ? abi('/lib/ld64.so.1', 's390x', 's390x-linux-gnu', 'lib64', 0x400)
        : abi('/lib/ld.so.1', 's390', 's390-linux-gnu', 'lib', 0);
    case EM.RISCV:
      return riscvAbi(header);
    case EM.LOONGARCH:
      return loongarchAbi(header);
    case EM.MIPS:
      return mipsAbi(header);
    case EM.SPARC:
      return abi('/lib/ld-linux.so.2', 'sparc', 'sparc-linux-gnu', 'lib', 0);
    case EM.SPARCV9:
      return abi('/lib64/ld-linux.so.2', 'sparc64', 'sparc64-linux-gnu', 'lib64', 0x100);
    case EM.IA_64:
      return abi('/lib/ld-linux-ia64.so.2', 'ia64', 'ia64-linux-gnu', 'lib', 0x200);
    case EM.M68K:
      return abi('/lib/ld.so.1', 'm68k', 'm68k-linux-gnu', 'lib', 0);
    case EM.SH:
      return abi('/lib/ld-linux.so.2', 'sh', 'sh4-linux-gnu', 'lib', 0);
    default:
      return abi('/lib/ld.so.1', 'unknown', '', is64 ? 'lib64' : 'lib', 0);
  }
}

function abi(
  glibcLoader: string,
  muslName: string,
  multiarch: string,
  libDirectory: string,
  cacheFlag: number,
): MachineAbi {
  const own = cacheFlag | FLAG_ELF_LIBC6;
  // Machines with several ABIs of one class take their own flag only (their dl-cache.h).
  const cacheFlags = cacheFlag === 0 ? [own, FLAG_ELF] : [own];
  return { glibcLoaders: [glibcLoader], muslName, multiarch, libDirectory, cacheFlags };
}

function armAbi(header: AbiHeader): MachineAbi {
  const suffix = header.data === 'BE' ? 'eb' : '';
  if ((header.flags & EF_ARM_ABI_FLOAT_SOFT) !== 0) {
    const soft = abi('/lib/ld-linux.so.3', `arm${suffix}`, 'arm-linux-gnueabi', 'lib', 0xb00);
    return { ...soft, cacheFlags: [0xb03, FLAG_ELF_LIBC6, FLAG_ELF] };
  }
  const hard = abi(
    '/lib/ld-linux-armhf.so.3',
    `arm${suffix}hf`,
    'arm-linux-gnueabihf',
    'lib',
    0x900,
  );
  const isMarked = (header.flags & EF_ARM_ABI_FLOAT_HARD) !== 0;
  return {
    ...hard,
    // Shared objects without the mark are common: both loaders take them.
    glibcLoaders: isMarked ? hard.glibcLoaders : [...hard.glibcLoaders, '/lib/ld-linux.so.3'],
    cacheFlags: [0x903, FLAG_ELF_LIBC6, FLAG_ELF],
  };
}

function riscvAbi(header: AbiHeader): MachineAbi {
  const bits = header.class;
  const isDouble = (header.flags & EF_RISCV_FLOAT_ABI) === EF_RISCV_FLOAT_ABI_DOUBLE;
  const name = `${bits === 64 ? 'lp64' : 'ilp32'}${isDouble ? 'd' : ''}`;
  const loader = `/lib/ld-linux-riscv${bits}-${name}.so.1`;
  const multiarch = bits === 64 ? 'riscv64-linux-gnu' : 'riscv32-linux-gnu';
  const musl = `riscv${bits}${isDouble ? '' : '-sf'}`;
  return abi(loader, musl, multiarch, `lib${bits}`, isDouble ? 0x1000 : 0xf00);
}

function loongarchAbi(header: AbiHeader): MachineAbi {
  const isDouble = (header.flags & EF_LARCH_ABI_MASK) === EF_LARCH_ABI_DOUBLE;
  const loader = `/lib64/ld-linux-loongarch-lp64${isDouble ? 'd' : 's'}.so.1`;
  const musl = `loongarch64${isDouble ? '' : '-sf'}`;
  return abi(loader, musl, 'loongarch64-linux-gnu', 'lib64', isDouble ? 0x1200 : 0x1100);
}

function mipsAbi(header: AbiHeader): MachineAbi {
  const isNan2008 = (header.flags & EF_MIPS_NAN2008) !== 0;
  const el = header.data === 'LE' ? 'el' : '';
  const loader = isNan2008 ? 'ld-linux-mipsn8.so.1' : 'ld.so.1';
  if (header.class === 64) {
    const flag = isNan2008 ? 0xe00 : 0x700;
    return abi(`/lib64/${loader}`, `mips64${el}`, `mips64${el}-linux-gnuabi64`, 'lib64', flag);
  }
  if ((header.flags & EF_MIPS_ABI2) !== 0) {
    const flag = isNan2008 ? 0xd00 : 0x600;
    return abi(`/lib32/${loader}`, `mipsn32${el}`, `mips64${el}-linux-gnuabin32`, 'lib32', flag);
  }
  return abi(`/lib/${loader}`, `mips${el}`, `mips${el}-linux-gnu`, 'lib', isNan2008 ? 0xc00 : 0);
}

/**
 * Whether the loader of `main` would map `candidate`, as far as the header decides. Undefined when
 * it would; `skipped` when glibc silently tries the next directory (elf/dl-load.c, open_verify).
 */
export function abiMismatch(
  main: AbiHeader,
  candidate: AbiHeader,
): { readonly reason: string; readonly skipped: boolean } | undefined {
  if (candidate.class !== main.class) {
    return { reason: `is ${candidate.class}-bit, ${main.class}-bit is needed`, skipped: true };
  }
  if (candidate.data !== main.data) {
    return { reason: `byte order is ${candidate.data}, ${main.data} is needed`, skipped: false };
  }
  if (candidate.machine !== main.machine) {
    const [found, wanted] = [machineName(candidate.machine), machineName(main.machine)];
    const reason = `is for ${found}, ${wanted} is needed`;
    return { reason, skipped: true };
  }
  const float = EF_ARM_ABI_FLOAT_HARD | EF_ARM_ABI_FLOAT_SOFT;
  const differs = ((candidate.flags ^ main.flags) & float) === float;
  if (main.machine === EM.ARM && differs) {
    return { reason: 'uses the other floating-point calling convention', skipped: true };
  }
  return undefined;
}
