// SPDX-License-Identifier: Apache-2.0
// Answers as JSON text, typed arrays as arrays: JSON.stringify would write them as objects.

/** Numbers of a piece: joining millions at once would need a string of many megabytes twice. */
const PIECE = 65_536;
/** Characters of a number as JavaScript writes it, and its comma. */
const LONGEST = 26;
/** Below it no step of writing digits rounds. */
const MOST_IN_PLACE = 2 ** 52;
const [COMMA, MINUS, ZERO] = [0x2c, 0x2d, 0x30];

/** Valid JSON for plain data with typed arrays in it; numbers that JSON has no form for become 0. */
export function toJson(value: unknown): string {
  if (ArrayBuffer.isView(value)) return arrayJson(value as Float64Array);
  if (Array.isArray(value)) return listJson(value);
  if (typeof value !== 'object' || value === null) return scalarJson(value);
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${toJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

function scalarJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  return JSON.stringify(value) ?? 'null';
}

function listJson(list: readonly unknown[]): string {
  // Plain numbers and texts are most of it, and JSON.stringify is fastest at them.
  const isPlain = list.length === 0 || typeof list[0] !== 'object';
  return isPlain ? JSON.stringify(list) : `[${list.map(toJson).join(',')}]`;
}

/** Most numbers are whole and short: their digits are written in place. */
function arrayJson(numbers: ArrayLike<number>): string {
  const pieces: string[] = [];
  for (let from = 0; from < numbers.length; from += PIECE) {
    pieces.push(pieceJson(numbers, from, Math.min(from + PIECE, numbers.length)));
  }
  return `[${pieces.join(',')}]`;
}

function pieceJson(numbers: ArrayLike<number>, from: number, to: number): string {
  const bytes = Buffer.allocUnsafe((to - from) * LONGEST);
  let at = 0;
  for (let i = from; i < to; i++) {
    const value = numbers[i]!;
    if (i > from) bytes[at++] = COMMA;
    if (Number.isInteger(value) && Math.abs(value) <= MOST_IN_PLACE) {
      if (value < 0) bytes[at++] = MINUS;
      at = writeDigits(bytes, at, Math.abs(value));
    } else {
      at += bytes.write(Number.isFinite(value) ? String(value) : '0', at, 'latin1');
    }
  }
  return bytes.toString('latin1', 0, at);
}

/** @returns the place behind the last digit */
function writeDigits(bytes: Uint8Array, at: number, value: number): number {
  let count = 1;
  for (let limit = 10; limit <= value; limit *= 10) count++;
  let rest = value;
  for (let place = at + count - 1; place >= at; place--) {
    const next = Math.floor(rest / 10);
    bytes[place] = ZERO + (rest - next * 10);
    rest = next;
  }
  return at + count;
}
