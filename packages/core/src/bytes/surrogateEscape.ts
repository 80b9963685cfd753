// SPDX-License-Identifier: Apache-2.0
// File names and ELF strings are bytes, JavaScript strings are not. A byte that is not part of
// valid UTF-8 becomes the lone surrogate U+DC00 + byte (Python's "surrogateescape", PEP 383), so
// that every name survives the way in and out unchanged.

const ESCAPE_BASE = 0xdc00;
const ESCAPE_FIRST = 0xdc80;
const ESCAPE_LAST = 0xdcff;

/** Bytes → string; undecodable bytes become U+DC80…U+DCFF. Never throws. */
export function decodeBytes(bytes: Uint8Array): string {
  return decodeRange(asBuffer(bytes), 0, bytes.length);
}

/** {@link decodeBytes} of `bytes[start…end)`, without a view of its own. */
export function decodeRange(bytes: Buffer, start: number, end: number): string {
  for (let i = start; i < end; i++) {
    if (bytes[i]! >= 0x80) return decodeNonAscii(bytes.subarray(start, end));
  }
  return bytes.toString('latin1', start, end);
}

function decodeNonAscii(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes);
  const parts: string[] = [];
  let goodFrom = 0;
  let i = 0;
  while (i < bytes.length) {
    const sequenceLength = utf8SequenceLength(bytes, i);
    if (sequenceLength > 0) {
      i += sequenceLength;
      continue;
    }
    if (i > goodFrom) parts.push(buffer.toString('utf8', goodFrom, i));
    parts.push(String.fromCharCode(ESCAPE_BASE + bytes[i]!));
    i++;
    goodFrom = i;
  }
  if (i > goodFrom) parts.push(buffer.toString('utf8', goodFrom, i));
  return parts.join('');
}

/** Length of the well-formed UTF-8 sequence at `at` (Unicode 15, table 3-7), or 0. */
function utf8SequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  if (lead < 0xe0) return isContinuation(second) ? 2 : 0;
  const secondLow = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const secondHigh = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < secondLow || second > secondHigh) return 0;
  if (!isContinuation(bytes[at + 2] ?? 0)) return 0;
  if (lead < 0xf0) return 3;
  return isContinuation(bytes[at + 3] ?? 0) ? 4 : 0;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** String → the bytes it came from: the inverse of {@link decodeBytes}. */
export function encodeBytes(text: string): Buffer {
  if (!hasEscapes(text)) return Buffer.from(text, 'utf8');
  const chunks: Buffer[] = [];
  let goodFrom = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(i + 1))) {
      i++;
      continue;
    }
    if (unit < ESCAPE_FIRST || unit > ESCAPE_LAST) continue;
    if (i > goodFrom) chunks.push(Buffer.from(text.slice(goodFrom, i), 'utf8'));
    chunks.push(Buffer.of(unit - ESCAPE_BASE));
    goodFrom = i + 1;
  }
  if (goodFrom < text.length) chunks.push(Buffer.from(text.slice(goodFrom), 'utf8'));
  return Buffer.concat(chunks);
}

/** A path as the file-system calls want it: the string itself, or bytes where it holds escapes. */
export function encodePath(path: string): string | Buffer {
  return hasEscapes(path) ? encodeBytes(path) : path;
}

function hasEscapes(text: string): boolean {
  return /[\udc80-\udcff]/.test(text);
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
