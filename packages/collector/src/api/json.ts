// SPDX-License-Identifier: Apache-2.0
// Answers as bytes of JSON, typed arrays as arrays: JSON.stringify would write them as objects.

/** Numbers of a piece: each is written into the same scratch first. */
const PIECE = 65_536;
/** Characters of a number as JavaScript writes it, and its comma. */
const LONGEST = 26;
/** Below it no step of writing digits rounds. */
const MOST_IN_PLACE = 2 ** 52;
const MOST_SMALL = 2 ** 31 - 1;
const [COMMA, MINUS, ZERO] = [0x2c, 0x2d, 0x30];

/** Valid JSON for plain data with typed arrays in it; numbers that JSON has no form for become 0. */
export function jsonBytes(value: unknown): Buffer {
  const pieces: Buffer[] = [];
  addJson(pieces, value);
  return Buffer.concat(pieces);
}

function addJson(pieces: Buffer[], value: unknown): void {
  const add = (text: string): void => void pieces.push(Buffer.from(text));
  if (ArrayBuffer.isView(value)) {
    addNumbers(pieces, value as Float64Array);
  } else if (Array.isArray(value)) {
    addList(pieces, value);
  } else if (typeof value !== 'object' || value === null) {
    add(scalarJson(value));
  } else {
    let before = '{';
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      add(`${before}${JSON.stringify(key)}:`);
      addJson(pieces, member);
      before = ',';
    }
    add(before === '{' ? '{}' : '}');
  }
}

function scalarJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  return JSON.stringify(value) ?? 'null';
}

function addList(pieces: Buffer[], list: readonly unknown[]): void {
  // Plain numbers and texts are most of it, and JSON.stringify is fastest at them.
  if (list.length === 0 || typeof list[0] !== 'object') {
    pieces.push(Buffer.from(JSON.stringify(list)));
    return;
  }
  for (const [i, member] of list.entries()) {
    pieces.push(Buffer.from(i === 0 ? '[' : ','));
    addJson(pieces, member);
  }
  pieces.push(Buffer.from(']'));
}

/** Most numbers are whole and short: their digits are written in place. */
function addNumbers(pieces: Buffer[], numbers: ArrayLike<number>): void {
  const scratch = Buffer.allocUnsafe(Math.min(PIECE, numbers.length) * LONGEST + 1);
  pieces.push(Buffer.from('['));
  for (let from = 0; from < numbers.length; from += PIECE) {
    const end = writeNumbers(scratch, numbers, from, Math.min(from + PIECE, numbers.length));
    pieces.push(Buffer.from(scratch.subarray(0, end)));
  }
  pieces.push(Buffer.from(']'));
}

/** @returns the place behind the last one */
function writeNumbers(bytes: Buffer, numbers: ArrayLike<number>, from: number, to: number): number {
  let at = 0;
  for (let i = from; i < to; i++) {
    const value = numbers[i]!;
    if (i > 0) bytes[at++] = COMMA;
    if (Number.isInteger(value) && Math.abs(value) <= MOST_IN_PLACE) {
      if (value < 0) bytes[at++] = MINUS;
      at = writeDigits(bytes, at, Math.abs(value));
    } else {
      at += bytes.write(Number.isFinite(value) ? String(value) : '0', at, 'latin1');
    }
  }
  return at;
}

/** @returns the place behind the last digit */
function writeDigits(bytes: Uint8Array, at: number, value: number): number {
  let count = 1;
  for (let limit = 10; limit <= value; limit *= 10) count++;
  let place = at + count;
  let rest = value;
  while (rest > MOST_SMALL) {
    const next = Math.floor(rest / 10);
    bytes[--place] = ZERO + (rest - next * 10);
    rest = next;
  }
  // Whole numbers of 32 bits: divided by multiplying.
  for (let small = rest | 0; place > at; ) {
    const next = (small / 10) | 0;
    bytes[--place] = ZERO + (small - next * 10);
    small = next;
  }
  return at + count;
}
