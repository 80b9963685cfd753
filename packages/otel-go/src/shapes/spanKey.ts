// SPDX-License-Identifier: Apache-2.0
// What spans have to have in common to be told in the same words: everything that a description is
// made of but the texts that differ from call to call.
import { type SpanRecord, SpanRecordFlag, TEXT_HEADER_BYTES } from '@otelkit/bpf-client';
import { hashWords } from './hashWords.ts';

/** Longer ones are rare, and not worth remembering. */
const MOST_BYTES = 1_024;
/** Flag of a text (docs/go-internals.md §3). */
export const CUT = 1;
/** In a record (docs/go-internals.md §3). */
const KIND = 4;
const FLAGS = 5;
const DETAIL = 15;
const STATUS = 72;
const STATUS_END = 76;
const ERROR_TYPE = 80;
const ERROR_TYPE_END = 88;
const TYPES = 104;
const PROTOCOL_END = 122;
/** Whether it is exported, and how its parent was found, is not in its words. */
const NOT_IN_WORDS: number = SpanRecordFlag.sampled | SpanRecordFlag.remoteParent;

/** The key of one record at a time. */
export class SpanKey {
  readonly bytes: Uint8Array = new Uint8Array(MOST_BYTES + TEXT_HEADER_BYTES);
  readonly #words = new Int32Array(this.bytes.buffer);
  length = 0;
  hash = 0;

  /**
   * @param varying bits of the numbers of texts of which only their presence counts
   * @returns false for a record that has none: a text of it was cut, or there is too much
   */
  take(record: SpanRecord, varying: number): boolean {
    const from = record.bytes;
    const at = record.offset;
    const { bytes } = this;
    bytes[0] = from[at + KIND]!;
    bytes[1] = from[at + FLAGS]! & ~NOT_IN_WORDS;
    bytes[2] = from[at + DETAIL]!;
    let length = 3;
    for (let i = at + STATUS; i < at + STATUS_END; i++) bytes[length++] = from[i]!;
    for (let i = at + ERROR_TYPE; i < at + ERROR_TYPE_END; i++) bytes[length++] = from[i]!;
    for (let i = at + TYPES; i < at + PROTOCOL_END; i++) bytes[length++] = from[i]!;
    let text = record.textsOffset;
    for (let left = record.textCount; left > 0; left--) {
      const kept = from[text + 2]! | (from[text + 3]! << 8);
      if ((from[text + 1]! & CUT) !== 0) return false;
      const begin = text + TEXT_HEADER_BYTES;
      const id = from[text]!;
      bytes[length++] = id;
      text = begin + ((kept + 7) & ~7);
      if (id < 32 && (varying & (1 << id)) !== 0) continue;
      // Room may have been kept before the length was known.
      const full = from[begin - 4]! | (from[begin - 3]! << 8);
      const size = Math.min(kept, full);
      if (length + size + 3 > MOST_BYTES) return false;
      bytes[length++] = size;
      bytes[length++] = size >>> 8;
      for (let i = begin; i < begin + size; i++) bytes[length++] = from[i]!;
    }
    this.length = length;
    // The last word may be a part.
    bytes[length] = bytes[length + 1] = bytes[length + 2] = 0;
    this.hash = hashWords(this.#words, (length + 3) >> 2, length);
    return true;
  }

  isAt(known: Uint8Array): boolean {
    const { bytes, length } = this;
    if (known.length !== length) return false;
    for (let i = 0; i < length; i++) if (bytes[i] !== known[i]) return false;
    return true;
  }
}
