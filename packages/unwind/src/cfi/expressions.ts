// SPDX-License-Identifier: Apache-2.0
// DWARF expressions (DWARF 5 section 2.5) by their shape: compilers and linkers write four of them
// into call frame tables. Anything else is unknown, and the row says so.
import type { ByteReader } from './byteReader.ts';
import { CFA_FROM, SAVED, STATE } from './state.ts';

const DW_OP = {
  deref: 0x06,
  const1u: 0x08,
  const1s: 0x09,
  plus: 0x22,
  plus_uconst: 0x23,
  lit0: 0x30,
  lit31: 0x4f,
  breg0: 0x70,
  breg31: 0x8f,
  bregx: 0x92,
} as const;

/** breg7 8; breg16 0; lit15; and; <lit>; ge; lit3; shl; plus, as linkers write it for .plt. */
const PLT_HEAD = [0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a] as const;
const PLT_TAIL = [0x2a, 0x33, 0x24, 0x22] as const;
const PLT_BYTES = 11;
const NOT_PLT = -1;

/** Sets the CFA of `state` from DW_CFA_def_cfa_expression; the reader ends behind it. */
export function cfaExpression(reader: ByteReader, state: Int32Array): void {
  const sizeBytes = reader.uleb();
  const start = reader.at;
  const threshold = pltThreshold(reader.bytes, start, sizeBytes, reader.end);
  state[STATE.cfaKind] = CFA_FROM.UNKNOWN;
  state[STATE.cfaAdd] = 0;
  if (threshold !== NOT_PLT) {
    state[STATE.cfaKind] = CFA_FROM.PLT;
    state[STATE.placeRegister] = 0;
    state[STATE.placeOffset] = threshold;
  } else if (sizeBytes <= reader.end - start) {
    const outerEnd = reader.end;
    reader.end = start + sizeBytes;
    registerExpression(reader, state);
    reader.end = outerEnd;
    reader.at = start;
  }
  reader.skip(sizeBytes);
}

function pltThreshold(bytes: Uint8Array, at: number, sizeBytes: number, end: number): number {
  if (sizeBytes !== PLT_BYTES || at + PLT_BYTES > end) return NOT_PLT;
  for (let i = 0; i < PLT_HEAD.length; i++) if (bytes[at + i] !== PLT_HEAD[i]) return NOT_PLT;
  for (let i = 0; i < PLT_TAIL.length; i++) if (bytes[at + 7 + i] !== PLT_TAIL[i]) return NOT_PLT;
  const literal = bytes[at + 6]! - DW_OP.lit0;
  return literal >= 0 && literal < 16 ? literal : NOT_PLT;
}

/** breg; breg, plus; breg, deref; breg, deref, plus. */
function registerExpression(reader: ByteReader, state: Int32Array): void {
  const register = baseRegister(reader);
  if (register < 0) return;
  let offset = reader.sleb();
  let add = 0;
  let isDeref = false;
  while (reader.at < reader.end) {
    const op = reader.u8();
    if (op === DW_OP.deref && !isDeref) {
      isDeref = true;
      continue;
    }
    const more = addition(reader, op);
    if (isDeref) add += more;
    else offset += more;
  }
  if (reader.isCut || (offset | 0) !== offset || (add | 0) !== add) return;
  state[STATE.cfaKind] = isDeref ? CFA_FROM.DEREF : CFA_FROM.PLACE;
  state[STATE.placeRegister] = register;
  state[STATE.placeOffset] = offset;
  state[STATE.cfaAdd] = add;
}

function baseRegister(reader: ByteReader): number {
  const op = reader.u8();
  if (op >= DW_OP.breg0 && op <= DW_OP.breg31) return op - DW_OP.breg0;
  if (op !== DW_OP.bregx) return -1;
  const register = reader.uleb();
  return register < 256 ? register : -1;
}

/** What `plus_uconst N`, or a constant and `plus`, adds; NaN for any other operation. */
function addition(reader: ByteReader, op: number): number {
  if (op === DW_OP.plus_uconst) return reader.uleb();
  let value = Number.NaN;
  if (op >= DW_OP.lit0 && op <= DW_OP.lit31) value = op - DW_OP.lit0;
  else if (op === DW_OP.const1u) value = reader.u8();
  else if (op === DW_OP.const1s) value = (reader.u8() << 24) >> 24;
  return reader.u8() === DW_OP.plus ? value : Number.NaN;
}

/** Sets the place of a saved register from DW_CFA_expression: only `breg` is understood. */
export function placeExpression(reader: ByteReader, state: Int32Array, word: number): void {
  const sizeBytes = reader.uleb();
  const start = reader.at;
  state[word] = SAVED.UNKNOWN;
  if (sizeBytes <= reader.end - start) {
    const outerEnd = reader.end;
    reader.end = start + sizeBytes;
    const register = baseRegister(reader);
    const offset = register < 0 ? Number.NaN : reader.sleb();
    if (reader.at === reader.end && (offset | 0) === offset) {
      state[word] = SAVED.AT_REGISTER;
      state[word + 1] = register;
      state[word + 2] = offset;
    }
    reader.end = outerEnd;
    reader.at = start;
  }
  reader.skip(sizeBytes);
}
