// SPDX-License-Identifier: Apache-2.0
// String literals as Go's strconv.Quote writes and Unquote reads them (Go specification, "String
// literals"): `raw` and "interpreted". Module information quotes keys and values so.
import { decodeBytes, encodeBytes } from '../bytes/surrogateEscape.ts';

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  '"': 34,
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * Length of the literal that `text` starts with, its quotes included; undefined when it starts
 * with none or the literal does not end.
 */
export function quotedPrefixLength(text: string): number | undefined {
  const quote = text[0];
  if (quote === '`') {
    const end = text.indexOf('`', 1);
    return end < 0 ? undefined : end + 1;
  }
  if (quote !== '"') return undefined;
  for (let i = 1; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') i++;
    else if (c === '"') return i + 1;
    else if (c === '\n') return undefined;
  }
  return undefined;
}

/** The string that a whole literal stands for; undefined when it is no valid literal. */
export function unquote(literal: string): string | undefined {
  if (quotedPrefixLength(literal) !== literal.length) return undefined;
  const body = literal.slice(1, -1);
  if (literal[0] === '`') return body.replaceAll('\r', '');
  if (!body.includes('\\')) return body;
  // Escapes can name bytes that together make a character, so the value is built as bytes.
  const pieces: Buffer[] = [];
  let plainFrom = 0;
  for (let i = body.indexOf('\\'); i >= 0; i = body.indexOf('\\', plainFrom)) {
    const value = readEscape(body, i + 1);
    if (value === undefined) return undefined;
    pieces.push(encodeBytes(body.slice(plainFrom, i)), value.bytes);
    plainFrom = value.end;
  }
  pieces.push(encodeBytes(body.slice(plainFrom)));
  return decodeBytes(Buffer.concat(pieces));
}

interface Escape {
  readonly bytes: Buffer;
  readonly end: number;
}

function readEscape(body: string, at: number): Escape | undefined {
  const kind = body[at] ?? '';
  const simple = SIMPLE_ESCAPES[kind];
  if (simple !== undefined) return { bytes: Buffer.of(simple), end: at + 1 };
  const digits = HEX_DIGITS[kind];
  if (digits !== undefined) return readHexEscape(body, at + 1, digits);
  const octal = body.slice(at, at + 3);
  if (!/^[0-7]{3}$/.test(octal)) return undefined;
  const value = Number.parseInt(octal, 8);
  return value > 255 ? undefined : { bytes: Buffer.of(value), end: at + 3 };
}

function readHexEscape(body: string, at: number, digits: number): Escape | undefined {
  const text = body.slice(at, at + digits);
  if (text.length < digits || !/^[0-9a-fA-F]+$/.test(text)) return undefined;
  const value = Number.parseInt(text, 16);
  const end = at + digits;
  if (digits === 2) return { bytes: Buffer.of(value), end };
  const isSurrogate = value >= 0xd800 && value <= 0xdfff;
  if (isSurrogate || value > 0x10ffff) return undefined;
  return { bytes: Buffer.from(String.fromCodePoint(value), 'utf8'), end };
}
