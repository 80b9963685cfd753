// SPDX-License-Identifier: Apache-2.0
// .debug_abbrev as steps: how many bytes of an entry are passed over, and where what is wanted of
// it stands (DWARF 5, sections 7.5.3 and 7.5.6; DWARF 4, section 7.5.4).
import { ANALYZE_LIMITS } from '../limits.ts';
import { readUleb, skipLeb, type Uleb } from './leb.ts';

export const DW_TAG = { member: 0x0d, compileUnit: 0x11, structureType: 0x13 } as const;

export const DW_AT = {
  name: 0x03,
  byteSize: 0x0b,
  language: 0x13,
  dataMemberLocation: 0x38,
} as const;

/** Steps that are no plain number of bytes. */
export const STEP = {
  leb: -1,
  string: -2,
  block1: -3,
  block2: -4,
  block4: -5,
  block: -6,
} as const;

export interface Attribute {
  readonly name: number;
  readonly form: number;
  readonly step: number;
  /** DW_FORM_implicit_const carries its value here. */
  readonly implicit: number;
}

export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly Attribute[];
  /** To pass the entry over: positive ones are bytes, neighbours added up; others see STEP. */
  readonly steps: Int32Array;
}

/** By code; codes that compilers give are small and dense. */
export type AbbreviationTable = readonly (Abbreviation | undefined)[];

/** Bytes of each form of fixed size; those that depend on the unit are asked for by name. */
const FIXED: Readonly<Record<number, number>> = {
  5: 2, // data2
  6: 4, // data4
  7: 8, // data8
  11: 1, // data1
  12: 1, // flag
  17: 1, // ref1
  18: 2, // ref2
  19: 4, // ref4
  20: 8, // ref8
  25: 0, // flag_present
  28: 4, // ref_sup4
  30: 16, // data16
  32: 8, // ref_sig8
  33: 0, // implicit_const
  36: 8, // ref_sup8
  37: 1, // strx1
  38: 2, // strx2
  39: 3, // strx3
  40: 4, // strx4
  41: 1, // addrx1
  42: 2, // addrx2
  43: 3, // addrx3
  44: 4, // addrx4
};
const VARIABLE: Readonly<Record<number, number>> = {
  3: STEP.block2,
  4: STEP.block4,
  8: STEP.string,
  9: STEP.block,
  10: STEP.block1,
  13: STEP.leb, // sdata
  15: STEP.leb, // udata
  21: STEP.leb, // ref_udata
  24: STEP.block, // exprloc
  26: STEP.leb, // strx
  27: STEP.leb, // addrx
  34: STEP.leb, // loclistx
  35: STEP.leb, // rnglistx
};
const FORM_ADDR = 1;
const FORM_IMPLICIT_CONST = 0x21;
/** strp, sec_offset, strp_sup, line_strp, GNU_ref_alt, GNU_strp_alt: an offset of the unit's kind. */
const OFFSET_FORMS: ReadonlySet<number> = new Set([0x0e, 0x17, 0x1d, 0x1f, 0x1f20, 0x1f21]);
const FORM_REF_ADDR = 0x10;

/** What a unit's header says of the sizes of its forms. */
export interface FormSizes {
  readonly addressBytes: number;
  readonly offsetBytes: 4 | 8;
  readonly version: number;
}

function stepOf(form: number, sizes: FormSizes): number | undefined {
  if (form === FORM_ADDR) return sizes.addressBytes;
  if (OFFSET_FORMS.has(form)) return sizes.offsetBytes;
  // DWARF 2 gave it the size of an address.
  if (form === FORM_REF_ADDR) return sizes.version < 3 ? sizes.addressBytes : sizes.offsetBytes;
  return FIXED[form] ?? VARIABLE[form];
}

/**
 * The table that starts at `at`; undefined where it is damaged, or holds a form whose size is not
 * known: entries behind it could not be found.
 */
export function readAbbreviations(
  bytes: Uint8Array,
  at: number,
  sizes: FormSizes,
): AbbreviationTable | undefined {
  const table: (Abbreviation | undefined)[] = [];
  const cursor: Uleb = { at, value: 0 };
  for (let count = 0; count <= ANALYZE_LIMITS.abbreviations; count++) {
    if (!readUleb(bytes, cursor)) return undefined;
    const code = cursor.value;
    if (code === 0) return table;
    if (code > ANALYZE_LIMITS.abbreviations || !readUleb(bytes, cursor)) return undefined;
    const tag = cursor.value;
    const hasChildren = bytes[cursor.at++] === 1;
    const attributes = readAttributes(bytes, cursor, sizes);
    if (attributes === undefined) return undefined;
    table[code] = { tag, hasChildren, attributes, steps: stepsOf(attributes) };
  }
  return undefined;
}

function readAttributes(
  bytes: Uint8Array,
  cursor: Uleb,
  sizes: FormSizes,
): Attribute[] | undefined {
  const attributes: Attribute[] = [];
  for (let count = 0; count <= ANALYZE_LIMITS.abbreviationAttributes; count++) {
    if (!readUleb(bytes, cursor)) return undefined;
    const name = cursor.value;
    if (!readUleb(bytes, cursor)) return undefined;
    const form = cursor.value;
    if (name === 0 && form === 0) return attributes;
    let implicit = 0;
    if (form === FORM_IMPLICIT_CONST) {
      // Signed; what is read of it here (sizes, offsets, a language) is never negative.
      const start = cursor.at;
      cursor.at = skipLeb(bytes, start);
      implicit = cursor.at === start + 1 ? bytes[start]! & 0x3f : Number.NaN;
    }
    const step = stepOf(form, sizes);
    if (step === undefined) return undefined;
    attributes.push({ name, form, step, implicit });
  }
  return undefined;
}

function stepsOf(attributes: readonly Attribute[]): Int32Array {
  const steps: number[] = [];
  for (const { step } of attributes) {
    const last = steps.length - 1;
    if (step >= 0 && last >= 0 && steps[last]! >= 0) steps[last] = steps[last]! + step;
    else steps.push(step);
  }
  return Int32Array.from(steps);
}
