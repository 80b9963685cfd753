// SPDX-License-Identifier: Apache-2.0
// Most spans are told in the words of an earlier one: those are remembered as bytes of the wire. A
// shape is made the second time that its key is seen, so that what is seen once costs nothing.
import { SpanRecord, TEXT_HEADER_BYTES } from '@otelkit/bpf-client';
import { ProtoWriter, writeKeyValue } from '@otelkit/otlp';
import { GO_TRACE_LIMITS } from '../limits.ts';
import type { Series } from '../metrics/durations.ts';
import type { Attribute } from '../semconv/attributes.ts';
import type { Described } from '../semconv/span.ts';
import { SpanKey } from './spanKey.ts';
import { ATTRIBUTES, type Varying, varyingOf } from './varying.ts';

/** What spans of one process have in common. */
export interface SpanShape {
  readonly library: string;
  /** Fields of a Span: name, kind, status, and the attributes that are the same each time. */
  readonly fields: Buffer;
  readonly varying: Varying;
  readonly constant: Uint8Array;
  /** Where their durations are counted. */
  readonly series: Series | undefined;
}

interface Known {
  readonly owner: object;
  readonly key: Uint8Array;
  /** Undefined: such spans have to be described each time. */
  readonly shape: SpanShape | undefined;
}

export interface ShapeMaker {
  readonly describe: (record: SpanRecord) => Described | undefined;
  readonly seriesOf: (record: SpanRecord, span: Described) => Series | undefined;
  /** Attributes that durations are counted by. */
  readonly countedBy: (kind: number) => readonly string[];
}

const MASK = GO_TRACE_LIMITS.shapes - 1;

export class SpanShapes {
  readonly #key = new SpanKey();
  /** Two places for each key. */
  readonly #known: (Known | undefined)[] = new Array(GO_TRACE_LIMITS.shapes).fill(undefined);
  readonly #hashes = new Int32Array(GO_TRACE_LIMITS.shapes);
  /** Hashes that were seen once. */
  readonly #seen = new Int32Array(GO_TRACE_LIMITS.shapes);

  /**
   * @param owner the process; what is known of another one is not of this one
   * @returns undefined where the record has to be described
   */
  find(record: SpanRecord, owner: object, maker: ShapeMaker): SpanShape | undefined {
    const varying = varyingOf(record.kind);
    const key = this.#key;
    if (!key.take(record, varying.texts)) return undefined;
    const { hash } = key;
    const place = hash & MASK;
    for (let at = place, other = 0; other < 2; at ^= 1, other++) {
      if (this.#hashes[at] !== hash) continue;
      const known = this.#known[at];
      if (known !== undefined && known.owner === owner && key.isAt(known.key)) return known.shape;
    }
    if (this.#seen[place] !== hash) {
      this.#seen[place] = hash;
      return undefined;
    }
    return this.#learn(record, owner, varying, maker);
  }

  #learn(
    ...[record, owner, varying, maker]: [SpanRecord, object, Varying, ShapeMaker]
  ): SpanShape | undefined {
    const key = this.#key;
    const place = key.hash & MASK;
    // The one that came last stays longest.
    const at = this.#known[place] === undefined ? place : place ^ 1;
    if (at !== place) {
      this.#known[at] = this.#known[place];
      this.#hashes[at] = this.#hashes[place]!;
    }
    const shape = makeShape(record, varying, maker);
    this.#known[place] = { owner, key: key.bytes.slice(0, key.length), shape };
    this.#hashes[place] = key.hash;
    return shape;
  }
}

/** Undefined where words depend on more than the key and what is written each time. */
function makeShape(record: SpanRecord, varying: Varying, maker: ShapeMaker): SpanShape | undefined {
  const span = maker.describe(record);
  const other = maker.describe(withOtherTexts(record, varying.texts));
  if (span === undefined || other === undefined || !haveSameWords(span, other)) return undefined;
  const same: Attribute[] = [];
  const different: Attribute[] = [];
  for (const one of span.attributes) (isIn(other.attributes, one) ? same : different).push(one);
  const countedBy = maker.countedBy(record.kind);
  if (different.some(([key]) => countedBy.includes(key))) return undefined;
  const shape: SpanShape = {
    library: span.library,
    fields: fieldsOf(span, same),
    varying,
    constant: varying.constant(span, record),
    series: maker.seriesOf(record, span),
  };
  return writesTheSame(shape, record, different) ? shape : undefined;
}

function haveSameWords(one: Described, other: Described): boolean {
  return (
    one.name === other.name &&
    one.library === other.library &&
    one.kind === other.kind &&
    one.statusCode === other.statusCode &&
    one.statusMessage === other.statusMessage &&
    one.events === undefined
  );
}

function isIn(attributes: readonly Attribute[], [key, value]: Attribute): boolean {
  return attributes.some((one) => one[0] === key && one[1] === value);
}

/** Whether what is written each time is what was described this time. */
function writesTheSame(
  { varying, constant }: SpanShape,
  record: SpanRecord,
  attributes: readonly Attribute[],
): boolean {
  const writer = new ProtoWriter();
  if (!varying.write(writer, record, constant)) return false;
  const expected = attributes.map(([key, value]) => {
    const one = new ProtoWriter();
    writeKeyValue(one, ATTRIBUTES, key, value);
    return one.view().toString('latin1');
  });
  const size = expected.reduce((sum, { length }) => sum + length, 0);
  const written = writer.view().toString('latin1');
  // In any order.
  return written.length === size && expected.every((one) => written.includes(one));
}

function fieldsOf(span: Described, attributes: readonly Attribute[]): Buffer {
  const writer = new ProtoWriter();
  writer.stringField(5, span.name);
  writer.uintField(6, span.kind);
  for (const [key, value] of attributes) writeKeyValue(writer, ATTRIBUTES, key, value);
  if (span.statusCode !== 0) {
    const status = writer.open(15);
    if (span.statusMessage !== '') writer.stringField(2, span.statusMessage);
    writer.uintField(3, span.statusCode);
    writer.close(status);
  }
  return writer.finish();
}

/** Bytes of a record's head that are not in its key: times, IDs, goroutine, thread, sizes, parent. */
const FREE: readonly (readonly [from: number, to: number])[] = [
  [16, 72],
  [76, 80],
  [88, 104],
  [122, 123],
];

/** A record with the same key and everything else different: what it is described by shows. */
function withOtherTexts(record: SpanRecord, varying: number): SpanRecord {
  const from = record.offset;
  const size = record.bytes.readUInt32LE(from);
  const bytes = Buffer.from(record.bytes.subarray(from, from + size));
  for (const [begin, end] of FREE) for (let i = begin; i < end; i++) bytes[i]! ^= 1;
  let text = record.textsOffset - from;
  for (let left = record.textCount; left > 0; left--) {
    const id = bytes[text]!;
    const begin = text + TEXT_HEADER_BYTES;
    const kept = bytes.readUInt16LE(text + 2);
    text = begin + ((kept + 7) & ~7);
    if (id < 32 && (varying & (1 << id)) !== 0) {
      const end = Math.min(begin + kept, bytes.length);
      for (let i = begin; i < end; i++) bytes[i] = otherByte(bytes[i]!);
    }
  }
  const other = new SpanRecord();
  other.read(bytes, 0, size);
  return other;
}

/** Digits stay digits and letters letters, so that an address stays one. */
function otherByte(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return 0x30 + ((byte - 0x2f) % 5);
  if (byte >= 0x61 && byte <= 0x7a) return 0x61 + ((byte - 0x60) % 26);
  if (byte >= 0x41 && byte <= 0x5a) return 0x41 + ((byte - 0x40) % 26);
  return byte >= 0x20 && byte < 0x7f ? byte : byte ^ 1;
}
