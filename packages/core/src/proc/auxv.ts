// SPDX-License-Identifier: Apache-2.0
// /proc/PID/auxv: what the kernel told the program at exec (getauxval(3)). Needs the rights of
// ptrace access mode "read", stops nothing.
import { HOST_ENDIAN } from '../bytes/endian.ts';

export const AT = {
  PHDR: 3,
  PAGESZ: 6,
  BASE: 7,
  ENTRY: 9,
  UID: 11,
  EUID: 12,
  HWCAP: 16,
  CLKTCK: 17,
  SECURE: 23,
  HWCAP2: 26,
  EXECFN: 31,
  SYSINFO_EHDR: 33,
} as const;

const MAX_ENTRIES = 256;

export interface AuxiliaryVector {
  readonly class: 32 | 64;
  /** AT_SECURE: the loader ignores LD_PRELOAD, and injection must stand down. */
  readonly isSecure: boolean | undefined;
  readonly clockTicksPerSecond: number | undefined;
  readonly pageSizeBytes: number | undefined;
  readonly entry: bigint | undefined;
  /** Load address of the program interpreter; 0 for static programs. */
  readonly interpreterBase: bigint | undefined;
  /** Load address of the vDSO. */
  readonly vdsoBase: bigint | undefined;
  readonly programHeaders: bigint | undefined;
  /** Address of the path that was executed, in the process's memory. */
  readonly executablePathAddress: bigint | undefined;
  readonly hardwareCapabilities: bigint | undefined;
}

/** Parses the vector of a 64- or 32-bit process; undefined where neither form makes sense. */
export function parseAuxv(bytes: Uint8Array): AuxiliaryVector | undefined {
  for (const wordBytes of [8, 4] as const) {
    const values = read(bytes, wordBytes);
    if (values?.has(BigInt(AT.PAGESZ))) return describe(values, wordBytes === 8 ? 64 : 32);
  }
  return undefined;
}

/** Types and values up to AT_NULL; undefined when the types are no such numbers. */
function read(bytes: Uint8Array, wordBytes: 4 | 8): Map<bigint, bigint> | undefined {
  const endian = HOST_ENDIAN;
  const word = (at: number): bigint =>
    wordBytes === 8 ? endian.u64(bytes, at) : BigInt(endian.u32(bytes, at));
  const values = new Map<bigint, bigint>();
  const step = wordBytes * 2;
  for (let at = 0; at + step <= bytes.length && values.size < MAX_ENTRIES; at += step) {
    const type = word(at);
    if (type === 0n) return values;
    if (type > 4096n) return undefined;
    if (!values.has(type)) values.set(type, word(at + wordBytes));
  }
  return values;
}

function describe(values: ReadonlyMap<bigint, bigint>, elfClass: 32 | 64): AuxiliaryVector {
  const get = (type: number): bigint | undefined => values.get(BigInt(type));
  const number = (type: number): number | undefined => {
    const value = get(type);
    return value === undefined ? undefined : Number(value);
  };
  const secure = get(AT.SECURE);
  return {
    class: elfClass,
    isSecure: secure === undefined ? undefined : secure !== 0n,
    clockTicksPerSecond: number(AT.CLKTCK),
    pageSizeBytes: number(AT.PAGESZ),
    entry: get(AT.ENTRY),
    interpreterBase: get(AT.BASE),
    vdsoBase: get(AT.SYSINFO_EHDR),
    programHeaders: get(AT.PHDR),
    executablePathAddress: get(AT.EXECFN),
    hardwareCapabilities: get(AT.HWCAP),
  };
}
