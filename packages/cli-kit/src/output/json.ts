// SPDX-License-Identifier: Apache-2.0
import { escapeForJson } from './printable.ts';

/** Two spaces on a terminal, where people read it; none where programs do. */
export type JsonIndent = 0 | 2;

/**
 * JSON that is safe to show on a terminal: beside what JSON.stringify escapes (C0 controls, lone
 * surrogates) also C1 controls, bidirectional overrides and the like, as `\uNNNN`.
 *
 * A BigInt becomes a hex string, because JavaScript's readers of JSON lose digits above 2^53.
 */
export function jsonText(value: unknown, indent: JsonIndent = 0): string {
  return escapeForJson(stringify(value, indent));
}

function stringify(value: unknown, indent: JsonIndent): string {
  try {
    return JSON.stringify(value, undefined, indent) ?? 'null';
  } catch (error) {
    if (!(error instanceof TypeError) || !error.message.includes('BigInt')) throw error;
    return JSON.stringify(value, hexBigInts, indent) ?? 'null';
  }
}

function hexBigInts(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
}
