// SPDX-License-Identifier: Apache-2.0
import type { Endian } from '../bytes/endian.ts';
import type { ProgramHeader } from './types.ts';

/**
 * The program header at `at` (gABI chapter 5), which must lie inside `bytes` whole. For tables
 * outside of the compact prefix that elfy is given: core files have some 10^5 entries.
 */
export function programHeaderAt(
  bytes: Buffer,
  at: number,
  elfClass: 32 | 64,
  endian: Endian,
): ProgramHeader {
  if (elfClass === 64) {
    const vaddr = endian.u64(bytes, at + 16);
    return {
      type: endian.u32(bytes, at),
      flags: endian.u32(bytes, at + 4),
      fileOffset: endian.u64AsNumber(bytes, at + 8),
      vaddr,
      // Mostly equal; one number instead of two then.
      paddr:
        bytes.compare(bytes, at + 16, at + 24, at + 24, at + 32) === 0
          ? vaddr
          : endian.u64(bytes, at + 24),
      fileSizeBytes: endian.u64AsNumber(bytes, at + 32),
      memSizeBytes: endian.u64AsNumber(bytes, at + 40),
      align: endian.u64AsNumber(bytes, at + 48),
    };
  }
  return {
    type: endian.u32(bytes, at),
    fileOffset: endian.u32(bytes, at + 4),
    vaddr: BigInt(endian.u32(bytes, at + 8)),
    paddr: BigInt(endian.u32(bytes, at + 12)),
    fileSizeBytes: endian.u32(bytes, at + 16),
    memSizeBytes: endian.u32(bytes, at + 20),
    flags: endian.u32(bytes, at + 24),
    align: endian.u32(bytes, at + 28),
  };
}
