// SPDX-License-Identifier: Apache-2.0
import type { FlagSpec } from '../spec/flags.ts';

export type ParsedValue = string | number | bigint;

/** The value, or a sentence saying what was expected, for `Parsing --flag`. */
export type ValueResult =
  | { readonly ok: true; readonly value: ParsedValue }
  | { readonly ok: false; readonly expected: string };

const ADDRESS_MAX = 0xffff_ffff_ffff_ffffn;

/** Reads one value of a flag that takes values. Both parsers use this. */
export function parseFlagValue(
  flag: Exclude<FlagSpec, { kind: 'boolean' }>,
  text: string,
): ValueResult {
  if (flag.kind === 'integer') return parseInteger(text, flag.min, flag.max);
  if (flag.kind === 'address') return parseAddress(text);
  if (flag.kind === 'option' && !flag.values.includes(text)) {
    return { ok: false, expected: `one of ${flag.values.join(', ')}` };
  }
  return { ok: true, value: text };
}

function parseInteger(text: string, min?: number, max?: number): ValueResult {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) return { ok: false, expected: 'a whole number' };
  if (min !== undefined && value < min) return { ok: false, expected: `at least ${min}` };
  if (max !== undefined && value > max) return { ok: false, expected: `at most ${max}` };
  // Not -0, which would print as "-0".
  return { ok: true, value: value + 0 };
}

function parseAddress(text: string): ValueResult {
  const isNumber = /^(?:0[xX][0-9a-fA-F]{1,16}|\d{1,20})$/.test(text);
  const value = isNumber ? BigInt(text) : -1n;
  return value >= 0n && value <= ADDRESS_MAX
    ? { ok: true, value }
    : { ok: false, expected: 'an address: 0x… or decimal, 64 bits at most' };
}
