// SPDX-License-Identifier: Apache-2.0
// LZMA2: chunks, each LZMA or plain, with resets in between (The .xz File Format 1.2, 5.3.1).
import { LzmaDecoder } from './lzma.ts';
import type { OutputBuffer } from './outputBuffer.ts';
import { RangeDecoder } from './rangeDecoder.ts';

const END = 0;
const PLAIN_RESET_DICTIONARY = 1;
const PLAIN = 2;
const LZMA = 0x80;

/** What a chunk resets: bits 5 and 6 of the control byte of an LZMA chunk. */
const RESET = { NOTHING: 0, STATE: 1, PROPERTIES: 2, DICTIONARY: 3 } as const;

/**
 * Decodes chunks from `start` up to the end marker into `output`; the offset behind it.
 * @throws Error on any damage.
 */
export function decodeLzma2(
  bytes: Buffer,
  start: number,
  dictionaryBytes: number,
  output: OutputBuffer,
): number {
  const decoder = new LzmaDecoder();
  let needed: number = RESET.DICTIONARY;
  let at = start;
  for (;;) {
    const control = byteAt(bytes, at);
    if (control === END) return at + 1;
    if (control >= LZMA) {
      const reset = (control >> 5) & 3;
      if (reset < needed) throw new Error('chunk lacks a reset');
      needed = RESET.NOTHING;
      if (reset === RESET.DICTIONARY) output.resetDictionary(dictionaryBytes);
      at = lzmaChunk(bytes, at, control, reset, decoder, output);
      continue;
    }
    if (control > PLAIN) throw new Error(`bad LZMA2 control byte ${control}`);
    if (control === PLAIN_RESET_DICTIONARY) {
      output.resetDictionary(dictionaryBytes);
      if (needed === RESET.DICTIONARY) needed = RESET.PROPERTIES;
    } else if (needed === RESET.DICTIONARY) throw new Error('chunk lacks a dictionary reset');
    const size = (byteAt(bytes, at + 1) << 8) + byteAt(bytes, at + 2) + 1;
    if (at + 3 + size > bytes.length) throw new Error('ends inside a chunk');
    output.append(bytes.subarray(at + 3, at + 3 + size));
    at += 3 + size;
  }
}

function lzmaChunk(
  bytes: Buffer,
  at: number,
  control: number,
  reset: number,
  decoder: LzmaDecoder,
  output: OutputBuffer,
): number {
  const size = ((control & 0x1f) << 16) + (byteAt(bytes, at + 1) << 8) + byteAt(bytes, at + 2) + 1;
  const packedBytes = (byteAt(bytes, at + 3) << 8) + byteAt(bytes, at + 4) + 1;
  const hasProperties = reset >= RESET.PROPERTIES;
  if (hasProperties) decoder.setProperties(byteAt(bytes, at + 5));
  if (reset >= RESET.STATE) decoder.resetState();
  const dataAt = at + (hasProperties ? 6 : 5);
  const end = dataAt + packedBytes;
  if (end > bytes.length) throw new Error('ends inside a chunk');
  const coder = new RangeDecoder(bytes, dataAt, end);
  decoder.decode(coder, output, size);
  if (!coder.isFinished) throw new Error('chunk holds more than it declares');
  return end;
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new Error('ends inside a chunk header');
  return byte;
}
