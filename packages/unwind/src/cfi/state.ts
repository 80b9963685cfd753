// SPDX-License-Identifier: Apache-2.0
// One row of a call frame table while it is computed: a few words of an Int32Array, so that
// remembering and restoring it is a copy. Only the registers that unwinding needs are followed.

/** Words of the state. A register has three: how it was saved, and two numbers that tell where. */
export const STATE = {
  cfaKind: 0,
  cfaRegister: 1,
  cfaOffset: 2,
  cfaAdd: 3,
  fp: 4,
  ra: 7,
  sp: 10,
  /** The expression's own: register and offset outlive it, and hold again after it. */
  placeRegister: 13,
  placeOffset: 14,
  kept: 15,
} as const;
export const STATE_WORDS = 18;

/** How the CFA is computed. */
export const CFA_FROM = {
  /** cfaRegister + cfaOffset */
  REGISTER: 0,
  /** the word at placeRegister + placeOffset, + cfaAdd */
  DEREF: 1,
  /** the linker's expression for PLT entries; placeOffset is its threshold */
  PLT: 2,
  /** placeRegister + placeOffset */
  PLACE: 4,
  UNKNOWN: 3,
} as const;

/** How a register's value in the caller is found. */
export const SAVED = {
  /** no rule: unchanged for FP and LR, the CFA for SP */
  DEFAULT: 0,
  /** at CFA + first */
  AT_CFA: 1,
  UNDEFINED: 2,
  /** in register `first` */
  REGISTER: 3,
  /** at register `first` + `second` */
  AT_REGISTER: 4,
  /** is CFA + first */
  IS_CFA: 5,
  UNKNOWN: 6,
  SAME: 7,
} as const;
