// SPDX-License-Identifier: Apache-2.0
// Files and environments are bytes, and the library compares bytes. Inside `config` and `explain`
// a ByteText is a string of which each character is one byte (Latin-1), so that lengths, `?` of a
// pattern and hashes are what the library sees. Text for people comes out of `shown`.
import { decodeBytes, encodeBytes } from '@otelkit/core';

export type ByteText = string;

/** As core decodes names: lone surrogates stand for what is no UTF-8. */
export function toByteText(text: string): ByteText {
  return encodeBytes(text).toString('latin1');
}

/** The inverse of {@link toByteText}, for paths to open and text to show. */
export function fromByteText(text: ByteText): string {
  return decodeBytes(Buffer.from(text, 'latin1'));
}

/** Space, tab, CR, LF, VT and FF: what the library cuts off. */
export function isBlank(character: string | undefined): boolean {
  return character !== undefined && character !== '' && ' \t\r\n\v\f'.includes(character);
}

// String.trim would also cut U+00A0, which here is half of another character.
export function trim(text: ByteText): ByteText {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

export function trimEnd(text: ByteText, character: string): ByteText {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end--;
  return text.slice(0, end);
}

export function isLetter(character: string | undefined): boolean {
  return character !== undefined && /^[A-Za-z]$/.test(character);
}

/** Only ASCII letters are folded. */
export function equalsIgnoringCase(left: ByteText, right: ByteText): boolean {
  const lower = (text: string): string => text.replace(/[A-Z]/g, (c) => c.toLowerCase());
  return lower(left) === lower(right);
}

/** Decimal digits at the start; undefined without any, or with more than nine. */
export function leadingNumber(text: ByteText): number | undefined {
  const digits = /^[0-9]*/.exec(text)![0];
  return digits.length === 0 || digits.length > 9 ? undefined : Number(digits);
}

/** A decimal number that is the whole text. */
export function wholeNumber(text: ByteText): number | undefined {
  return /^[0-9]*$/.test(text) ? leadingNumber(text) : undefined;
}

export function basename(path: ByteText): ByteText {
  const trimmed = trimEnd(path, '/');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

/** Everything before the last slash, or '' when there is none. */
export function dirname(path: ByteText): ByteText {
  const trimmed = trimEnd(path, '/');
  const slash = trimmed.lastIndexOf('/');
  if (slash < 0) return '';
  return slash === 0 ? '/' : trimEnd(trimmed.slice(0, slash), '/');
}
