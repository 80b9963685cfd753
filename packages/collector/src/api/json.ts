// SPDX-License-Identifier: Apache-2.0
// Answers as JSON text, typed arrays as arrays: JSON.stringify would write them as objects.

/** Numbers of a piece: joining millions at once would need a string of many megabytes twice. */
const PIECE = 65_536;

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

function arrayJson(numbers: Float64Array): string {
  const pieces: string[] = [];
  for (let from = 0; from < numbers.length; from += PIECE) {
    pieces.push(numbers.subarray(from, from + PIECE).join(','));
  }
  return `[${pieces.join(',')}]`.replace(/NaN|-?Infinity/g, '0');
}
