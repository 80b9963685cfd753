// SPDX-License-Identifier: Apache-2.0
// The table's format: docs/profile-internals.md section 1. Little endian on every host.

import { UNWIND_LIMITS } from '../limits.ts';

export const TABLE_MAGIC: Uint8Array = new Uint8Array([
  0x4f, 0x54, 0x4b, 0x55, 0x4e, 0x57, 0x00, 0x01,
]);
export const HEADER_BYTES = 64;
export const PAGE_ENTRY_BYTES = 8;
export const ROW_BYTES = 8;
export const SIDE_RULE_BYTES = 24;
export const PAGE_BYTES = 1_024;
/** Shift of an address to its page. */
export const PAGE_SHIFT = 10;

/** Offsets of the header's fields. */
export const HEADER = {
  machine: 8,
  flags: 12,
  baseVaddr: 16,
  pageCount: 24,
  rowCount: 28,
  sideCount: 32,
  crc32: 36,
} as const;

/** cfaKind of a row. */
export const CFA = {
  NONE: 0,
  END: 1,
  SP: 2,
  FP: 3,
  DEREF_FP: 4,
  DEREF_SP: 5,
  PLT: 6,
  SIGNAL: 7,
  FRAME_POINTER: 8,
  SIDE: 9,
} as const;

/** Low nibble of `saved`, and fpKind of a side rule: where the caller's frame pointer is. */
export const FP_SAVED = { UNCHANGED: 0, AT_CFA: 1, UNKNOWN: 2, AT_FP: 3 } as const;
/** High nibble of `saved`: where the return address is. */
export const RA_SAVED = { DEFAULT: 0, BESIDE_FP: 1, UNDEFINED: 2 } as const;
/**
 * The same nibble on x86_64 where the return address is at CFA - 8: the caller's rbx is at
 * CFA - 8 * (n - 1) for n from LEAST to MOST. Only CFAs that are computed from rbx need it.
 */
export const RBX_SAVED = { LEAST: 3, MOST: 14, UNKNOWN: 15 } as const;
/** raKind of a side rule. */
export const SIDE_RA = { AT_CFA: 0, REGISTER: 1, UNDEFINED: 2 } as const;

/** DWARF numbers of the registers that unwinding is about. */
export interface MachineRegisters {
  readonly sp: number;
  readonly fp: number;
  /** The return address column that compilers use. */
  readonly ra: number;
  readonly count: number;
  /** One that calls keep and that CFAs are computed from, besides FP; -1: none. */
  readonly kept: number;
}

export const X86_64_REGISTERS: MachineRegisters = { sp: 7, fp: 6, ra: 16, count: 17, kept: 3 };
export const AARCH64_REGISTERS: MachineRegisters = { sp: 31, fp: 29, ra: 30, count: 33, kept: -1 };

/** What is wrong with a table's header, or undefined. */
export function checkHeader(bytes: Uint8Array): string | undefined {
  if (bytes.length < HEADER_BYTES) return `${bytes.length} bytes hold no header`;
  for (let i = 0; i < TABLE_MAGIC.length; i++) {
    if (bytes[i] !== TABLE_MAGIC[i]) return 'not an unwind table of this version';
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sideCount = view.getUint32(HEADER.sideCount, true);
  const size =
    HEADER_BYTES +
    view.getUint32(HEADER.pageCount, true) * PAGE_ENTRY_BYTES +
    view.getUint32(HEADER.rowCount, true) * ROW_BYTES +
    sideCount * SIDE_RULE_BYTES;
  if (size !== bytes.length) return `${size} bytes are declared, ${bytes.length} are there`;
  if (sideCount > UNWIND_LIMITS.sideRules) return `${sideCount} side rules`;
  const base = view.getBigUint64(HEADER.baseVaddr, true);
  return base % BigInt(PAGE_BYTES) === 0n ? undefined : 'its base is not aligned';
}
