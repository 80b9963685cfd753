// SPDX-License-Identifier: Apache-2.0
// One debugging information entry: passed over, or its few wanted attributes read.
import { ANALYZE_LIMITS } from '../limits.ts';
import { type Abbreviation, type Attribute, DW_AT, STEP } from './abbreviations.ts';
import { readUleb, skipLeb, type Uleb } from './leb.ts';

/** What is wanted of an entry; undefined or -1 where it has no such attribute. */
export interface Entry {
  nameAt: number;
  nameBytes: number;
  byteSize: number;
  memberLocation: number;
  language: number;
}

export function emptyEntry(): Entry {
  return { nameAt: -1, nameBytes: 0, byteSize: -1, memberLocation: -1, language: -1 };
}

/** Where the entry ends whose attributes start at `at`; behind `bytes` where it is cut off. */
export function skipEntry(bytes: Uint8Array, at: number, steps: Int32Array): number {
  let next = at;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    if (step >= 0) next += step;
    else if (step === STEP.leb) next = skipLeb(bytes, next);
    else if (step === STEP.string) {
      while (next < bytes.length && bytes[next] !== 0) next++;
      next++;
    } else next = skipBlock(bytes, next, step);
  }
  return next;
}

function skipBlock(bytes: Uint8Array, at: number, step: number): number {
  if (step === STEP.block) {
    const cursor: Uleb = { at, value: 0 };
    return readUleb(bytes, cursor) ? cursor.at + cursor.value : bytes.length + 1;
  }
  const lengthBytes = step === STEP.block1 ? 1 : step === STEP.block2 ? 2 : 4;
  return at + lengthBytes + fixedNumber(bytes, at, lengthBytes);
}

function fixedNumber(bytes: Uint8Array, at: number, sizeBytes: number): number {
  let value = 0;
  for (let i = sizeBytes - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** Fills `entry` and gives where it ends. */
export function readEntry(
  bytes: Uint8Array,
  at: number,
  abbreviation: Abbreviation,
  entry: Entry,
): number {
  entry.nameAt = -1;
  entry.byteSize = -1;
  entry.memberLocation = -1;
  entry.language = -1;
  let next = at;
  for (const attribute of abbreviation.attributes) {
    const start = next;
    next = skipOne(bytes, start, attribute.step);
    if (attribute.name === DW_AT.name && attribute.step === STEP.string) {
      entry.nameAt = start;
      entry.nameBytes = next - 1 - start;
    } else if (attribute.name === DW_AT.byteSize) {
      entry.byteSize = constant(bytes, start, attribute);
    } else if (attribute.name === DW_AT.dataMemberLocation) {
      entry.memberLocation = constant(bytes, start, attribute);
    } else if (attribute.name === DW_AT.language) {
      entry.language = constant(bytes, start, attribute);
    }
    if (next > bytes.length) return next;
  }
  return next;
}

const ONE = new Int32Array(1);

function skipOne(bytes: Uint8Array, at: number, step: number): number {
  if (step >= 0) return at + step;
  ONE[0] = step;
  return skipEntry(bytes, at, ONE);
}

const FORM = { sdata: 0x0d, udata: 0x0f, implicitConst: 0x21 } as const;
const DATA_FORMS: ReadonlySet<number> = new Set([5, 6, 7, 0x0b]);
const DW_OP_PLUS_UCONST = 0x23;

/** -1 for what is no number: an expression that is more than one sum. */
function constant(bytes: Uint8Array, at: number, attribute: Attribute): number {
  const { form, step } = attribute;
  if (form === FORM.implicitConst) return attribute.implicit;
  if (DATA_FORMS.has(form)) return fixedNumber(bytes, at, step);
  const cursor: Uleb = { at, value: 0 };
  if (form === FORM.udata || form === FORM.sdata) return uleb(bytes, cursor);
  // Go up to 1.2x, and C compilers of DWARF 2: an expression that adds a number.
  const lengthBytes = step === STEP.block1 ? 1 : step === STEP.block ? 1 : 0;
  if (lengthBytes === 0 || bytes[at + 1] !== DW_OP_PLUS_UCONST) return -1;
  cursor.at = at + 2;
  return uleb(bytes, cursor);
}

function uleb(bytes: Uint8Array, cursor: Uleb): number {
  return readUleb(bytes, cursor) ? cursor.value : -1;
}

/** The text of a name; undefined where it is longer than any compiler's. */
export function nameOf(bytes: Buffer, entry: Entry): string | undefined {
  if (entry.nameAt < 0 || entry.nameBytes > ANALYZE_LIMITS.nameBytes) return undefined;
  return bytes.toString('utf8', entry.nameAt, entry.nameAt + entry.nameBytes);
}
