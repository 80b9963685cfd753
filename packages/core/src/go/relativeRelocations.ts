// SPDX-License-Identifier: Apache-2.0
// R_*_RELATIVE relocations with addends (gABI "Relocation", processor supplements): in a
// position-independent program that a C linker made, a pointer may be zero in the file and stand
// in the relocation only. REL and RELR keep it in place.
import { DT, EM } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { LIMITS } from '../limits.ts';
import { GO_LIMITS } from './limits.ts';

const RELATIVE_TYPE: Readonly<Record<number, number>> = {
  [EM.I386]: 8,
  [EM.X86_64]: 8,
  [EM.ARM]: 23,
  [EM.AARCH64]: 1027,
  [EM.PPC]: 22,
  [EM.PPC64]: 22,
  [EM.S390]: 12,
  [EM.RISCV]: 3,
  [EM.LOONGARCH]: 3,
};

/**
 * Calls `visit` with the address and the value, both relative to load address 0, of each pointer
 * that DT_RELA sets so. No-op for files without DT_RELA and for machines not known here.
 */
export function forEachRelativeRelocation(
  elf: ElfFile,
  visit: (vaddr: number, value: number) => void,
): void {
  const relativeType = RELATIVE_TYPE[elf.header.machine];
  const address = elf.dynamic?.value(DT.RELA);
  const range = address === undefined ? undefined : elf.vaddrToFileRange(address);
  if (relativeType === undefined || range === undefined) return;
  const is64 = elf.header.class === 64;
  const entryBytes = is64 ? 24 : 12;
  const tableBytes = Math.min(elf.dynamic!.flags(DT.RELASZ), range.sizeBytes);
  const count = Math.min(Math.floor(tableBytes / entryBytes), GO_LIMITS.relocations);
  const perPiece = Math.floor(LIMITS.bulkReadBytes / entryBytes);
  const { endian } = elf;
  // r_info's type: the low 32 bits of 64, the low 8 of 32.
  const infoAt = is64 ? (endian.name === 'LE' ? 8 : 12) : endian.name === 'LE' ? 4 : 7;
  for (let first = 0; first < count; first += perPiece) {
    const wanted = Math.min(perPiece, count - first);
    const bytes = elf.source.read(range.fileOffset + first * entryBytes, wanted * entryBytes);
    for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
      const type = is64 ? endian.u32(bytes, at + infoAt) : bytes[at + infoAt]!;
      if (type !== relativeType) continue;
      if (is64) visit(endian.u64AsNumber(bytes, at), endian.u64AsNumber(bytes, at + 16));
      else visit(endian.u32(bytes, at), endian.u32(bytes, at + 8));
    }
    if (bytes.length < wanted * entryBytes) return;
  }
}

/** The pointers at these addresses, as far as relocations set them: address → value. */
export function relocatedPointers(
  elf: ElfFile,
  vaddrs: readonly bigint[],
): ReadonlyMap<bigint, bigint> {
  const wanted = new Set(vaddrs.map(Number));
  const found = new Map<bigint, bigint>();
  forEachRelativeRelocation(elf, (vaddr, value) => {
    if (wanted.has(vaddr)) found.set(BigInt(vaddr), BigInt(value));
  });
  return found;
}
