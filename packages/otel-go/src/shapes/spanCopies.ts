// SPDX-License-Identifier: Apache-2.0
// Calls of the same thing over the same connection differ in their IDs and times only: the rest of
// such a span is kept as bytes of the wire. A copy is made the second time that its key is seen, as a
// shape is.
import { type SpanRecord, SpanText, TEXT_HEADER_BYTES } from '@otelkit/bpf-client';
import { GO_TRACE_LIMITS } from '../limits.ts';
import type { Series } from '../metrics/durations.ts';
import { hashWords } from './hashWords.ts';
import { CUT } from './spanKey.ts';

/** A span that was written, to be written again. */
export interface SpanCopy {
  readonly library: string;
  /** The Span's fields but those of the record's own; empty for one that is counted only. */
  readonly bytes: Buffer;
  readonly series: Series | undefined;
}

interface Kept {
  readonly owner: object;
  readonly key: Int32Array;
  readonly copy: SpanCopy;
}

/** Longer ones are rare, and not worth keeping. */
const MOST_WORDS = 256;
/** In a record (docs/go-internals.md §3): where words begin that are not times, IDs or sizes. */
const KIND = 4;
const CONFIG = 12;
const STATUS = 72;
const ERROR_TYPE = 80;
const TYPES = 104;
const PROTOCOL = 120;
const MASK = GO_TRACE_LIMITS.copies - 1;

/** Spans of all processes that were seen twice. */
export class SpanCopies {
  /** The key of the record that was looked for last. */
  readonly #words = new Int32Array(MOST_WORDS);
  #length = 0;
  #hash = 0;
  readonly #kept: (Kept | undefined)[] = new Array(GO_TRACE_LIMITS.copies).fill(undefined);
  readonly #hashes = new Int32Array(GO_TRACE_LIMITS.copies);
  /** Hashes that were seen once. */
  readonly #seen = new Int32Array(GO_TRACE_LIMITS.copies);

  /** @param owner the process; what was kept of another one is not of this one */
  find(record: SpanRecord, owner: object): SpanCopy | undefined {
    if (!this.#take(record)) {
      this.#length = 0;
      return undefined;
    }
    const at = this.#hash & MASK;
    if (this.#hashes[at] !== this.#hash) return undefined;
    const kept = this.#kept[at];
    return kept !== undefined && kept.owner === owner && this.#isAt(kept.key)
      ? kept.copy
      : undefined;
  }

  /** Whether the record that was looked for last should be kept: it was seen before. */
  isWanted(): boolean {
    if (this.#length === 0) return false;
    const at = this.#hash & MASK;
    if (this.#seen[at] === this.#hash) return true;
    this.#seen[at] = this.#hash;
    return false;
  }

  /** Keeps what the record that was looked for last became. */
  keep(owner: object, copy: SpanCopy): void {
    const at = this.#hash & MASK;
    this.#kept[at] = { owner, key: this.#words.slice(0, this.#length), copy };
    this.#hashes[at] = this.#hash;
  }

  /** @returns false for a record that has no key: a text of it was cut, or there is too much */
  #take(record: SpanRecord): boolean {
    const { view } = record;
    const words = this.#words;
    const at = record.offset;
    words[0] = view.getInt32(at + KIND, true);
    words[1] = view.getInt32(at + CONFIG, true);
    words[2] = view.getInt32(at + STATUS, true);
    words[3] = view.getInt32(at + ERROR_TYPE, true);
    words[4] = view.getInt32(at + ERROR_TYPE + 4, true);
    for (let i = 0; i < 4; i++) words[5 + i] = view.getInt32(at + TYPES + 4 * i, true);
    words[9] = view.getUint16(at + PROTOCOL, true);
    return this.#takeTexts(view, record.textsOffset, record.textCount);
  }

  #takeTexts(view: DataView, from: number, count: number): boolean {
    const words = this.#words;
    let length = 10;
    let text = from;
    for (let left = count; left > 0; left--) {
      const head = view.getInt32(text, true);
      const kept = head >>> 16;
      // Room may have been kept before the length was known; behind the text is anything.
      const size = Math.min(kept, view.getUint32(text + 4, true));
      const begin = text + TEXT_HEADER_BYTES;
      text = begin + ((kept + 7) & ~7);
      if ((head & (CUT << 8)) !== 0) return false;
      // A trace's state is of the record's own fields.
      if ((head & 0xff) === SpanText.traceState) continue;
      const whole = size >>> 2;
      if (length + whole + 2 > MOST_WORDS) return false;
      words[length++] = (head & 0xff) | (size << 8);
      for (let i = 0; i < whole; i++) words[length++] = view.getInt32(begin + 4 * i, true);
      const rest = size & 3;
      if (rest > 0) {
        words[length++] = view.getInt32(begin + 4 * whole, true) & ((1 << (8 * rest)) - 1);
      }
    }
    this.#length = length;
    this.#hash = hashWords(words, length, length);
    return true;
  }

  #isAt(key: Int32Array): boolean {
    const words = this.#words;
    const length = this.#length;
    if (key.length !== length) return false;
    for (let i = 0; i < length; i++) if (key[i] !== words[i]) return false;
    return true;
  }
}
