// SPDX-License-Identifier: Apache-2.0
// The four layouts of Go's function table (runtime/symtab.go and runtime2.go of each release):
// 1.2, 1.16 (tables of their own behind a longer header), 1.18 (offsets from the text start in
// place of addresses), 1.20 (start lines). All numbers are in the byte order of the program.

export type GoPclntabLayoutName = '1.2' | '1.16' | '1.18' | '1.20';

export interface PclntabLayout {
  readonly name: GoPclntabLayoutName;
  /** For which releases of Go it is written. */
  readonly releases: string;
  readonly magic: number;
  /** Words of pointer size behind the first eight bytes. */
  readonly headerWords: number;
  /** functab and _func hold 32-bit offsets from the text start, not addresses. */
  readonly isTextRelative: boolean;
  /** File names by compilation unit: _func.cuOffset, cutab, filetab. */
  readonly hasUnits: boolean;
  readonly hasStartLine: boolean;
  /** Bytes of _func behind `entry`, before the pcdata offsets that follow it. */
  readonly functionTailBytes: number;
}

export const LAYOUTS: readonly PclntabLayout[] = [
  {
    name: '1.2',
    releases: '1.2 to 1.15',
    magic: 0xfffffffb,
    headerWords: 1,
    isTextRelative: false,
    hasUnits: false,
    hasStartLine: false,
    functionTailBytes: 32,
  },
  {
    name: '1.16',
    releases: '1.16 and 1.17',
    magic: 0xfffffffa,
    headerWords: 7,
    isTextRelative: false,
    hasUnits: true,
    hasStartLine: false,
    functionTailBytes: 36,
  },
  {
    name: '1.18',
    releases: '1.18 and 1.19',
    magic: 0xfffffff0,
    headerWords: 8,
    isTextRelative: true,
    hasUnits: true,
    hasStartLine: false,
    functionTailBytes: 36,
  },
  {
    name: '1.20',
    releases: '1.20 and later',
    magic: 0xfffffff1,
    headerWords: 8,
    isTextRelative: true,
    hasUnits: true,
    hasStartLine: true,
    functionTailBytes: 40,
  },
];

/** Offsets in _func, counted from the end of its first field `entry`. */
export const FUNC = {
  nameOffset: 0,
  pcsp: 12,
  pcfile: 16,
  pcln: 20,
  npcdata: 24,
  cuOffset: 28,
  startLine: 32,
} as const;

/** Tables by number in _func (runtime/funcdata.h). */
export const PCDATA_INL_TREE_INDEX = 2;
export const FUNCDATA_INL_TREE = 3;
