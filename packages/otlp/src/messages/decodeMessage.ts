// SPDX-License-Identifier: Apache-2.0
// Any OTLP message from the wire, by its table. Bounded in size, depth and number of fields; unknown
// fields are stepped over, as newer senders need it.
import { LIMITS } from '../limits.ts';
import { ProtoError, ProtoReader } from '../wire/protoReader.ts';
import { WIRE_BYTES, WIRE_FIXED32, WIRE_FIXED64, WIRE_VARINT } from '../wire/protoWriter.ts';
import { emptyMessage, type KnownField, layoutOf } from './layout.ts';
import type { AnyMessageType, MessageType, NumberColumn, ScalarKind } from './messageType.ts';

/** What a decoder may take from one request; the package's limits unless given. */
export interface DecodeLimits {
  readonly bytes?: number;
  readonly depth?: number;
  /** Fields and numbers of all messages together. */
  readonly fields?: number;
}

type Fields = Record<string, unknown>;
type Loose = Map<KnownField, (number | bigint)[]>;

const WIRE_OF: Readonly<Record<ScalarKind, number>> = {
  bool: WIRE_VARINT,
  bytes: WIRE_BYTES,
  double: WIRE_FIXED64,
  enum: WIRE_VARINT,
  fixed32: WIRE_FIXED32,
  fixed64: WIRE_FIXED64,
  int32: WIRE_VARINT,
  int64: WIRE_VARINT,
  sfixed64: WIRE_FIXED64,
  sint32: WIRE_VARINT,
  string: WIRE_BYTES,
  uint32: WIRE_VARINT,
  uint64: WIRE_VARINT,
};

/**
 * Decodes one message. Byte fields are views of `bytes`.
 * @throws ProtoError where the bytes are damaged or exceed a limit; nothing else.
 */
export function decodeMessage<T>(
  type: MessageType<T>,
  bytes: Uint8Array,
  limits: DecodeLimits = {},
): T {
  const most = limits.bytes ?? LIMITS.decodeBytes;
  if (bytes.length > most) throw new ProtoError(`more than ${most} bytes`, most);
  const decoder = new Decoder(limits.fields ?? LIMITS.decodeFields);
  const reader = new ProtoReader(bytes);
  const depth = limits.depth ?? LIMITS.decodeDepth;
  return decoder.read(type as AnyMessageType, reader, emptyMessage(type), depth) as T;
}

class Decoder {
  #fieldsLeft: number;

  constructor(fields: number) {
    this.#fieldsLeft = fields;
  }

  #spend(count: number, reader: ProtoReader): void {
    this.#fieldsLeft -= count;
    if (this.#fieldsLeft < 0)
      throw new ProtoError('more fields than a request may have', reader.position);
  }

  read(type: AnyMessageType, reader: ProtoReader, into: Fields, depth: number): Fields {
    if (depth === 0) throw new ProtoError('messages are nested too deep', reader.position);
    const layout = layoutOf(type);
    let loose: Loose | undefined;
    while (reader.next()) {
      this.#spend(1, reader);
      const field = layout.byNumber[reader.field];
      if (field === undefined) reader.skip();
      else if (field.column !== undefined) loose = this.#readNumbers(field, reader, into, loose);
      else this.#readField(field, reader, into, depth);
    }
    // Numbers that did not come in one packed piece.
    for (const [field, numbers] of loose ?? []) into[field.name] = field.column!.from(numbers);
    return into;
  }

  #readField(field: KnownField, reader: ProtoReader, into: Fields, depth: number): void {
    const { name, message, scalar } = field;
    const wanted = message === undefined ? WIRE_OF[scalar!] : WIRE_BYTES;
    if (reader.wireType !== wanted) {
      reader.skip();
      return;
    }
    for (const other of field.excludes) into[other] = undefined;
    if (message === undefined) {
      const value = readScalar(scalar!, reader);
      if (field.isList) append(into, name, value);
      else into[name] = value;
      return;
    }
    // A message that occurs twice is merged (protobuf encoding, "Last One Wins").
    const known = field.isList ? undefined : into[name];
    const nested = (known as Fields | undefined) ?? emptyMessage(message);
    this.read(message, reader.message(), nested, depth - 1);
    if (field.isList) append(into, name, nested);
    else into[name] = nested;
  }

  /** A repeated number: packed in one piece, as everybody writes it, or anything else allowed. */
  #readNumbers(
    field: KnownField,
    reader: ProtoReader,
    into: Fields,
    loose: Loose | undefined,
  ): Loose | undefined {
    const isPacked = reader.wireType === WIRE_BYTES;
    if (!isPacked && reader.wireType !== WIRE_OF[field.scalar!]) {
      reader.skip();
      return loose;
    }
    const earlier = into[field.name] as NumberColumn;
    if (isPacked && earlier.length === 0 && !loose?.has(field)) {
      const packed = reader.message();
      const count = countNumbers(field.scalar!, packed);
      this.#spend(count, reader);
      const column = new field.column!(count);
      if (field.scalar === 'fixed64') packed.fixed64Column(column as BigUint64Array);
      else for (let i = 0; i < count; i++) column[i] = readScalar(field.scalar!, packed) as never;
      into[field.name] = column;
      return loose;
    }
    const all: Loose = loose ?? new Map();
    const numbers = all.get(field) ?? [...earlier];
    all.set(field, numbers);
    const source = isPacked ? reader.message() : reader;
    const from = source.position;
    if (!isPacked) numbers.push(readScalar(field.scalar!, source) as number | bigint);
    else
      while (source.position < source.end) {
        numbers.push(readScalar(field.scalar!, source) as number | bigint);
      }
    this.#spend(source.position - from, reader);
    return all;
  }
}

/** Numbers in a packed field. @throws ProtoError when the last one is cut. */
function countNumbers(kind: ScalarKind, packed: ProtoReader): number {
  const bytes = packed.end - packed.position;
  if (WIRE_OF[kind] === WIRE_VARINT) return packed.countVarints();
  const size = WIRE_OF[kind] === WIRE_FIXED64 ? 8 : 4;
  if (bytes % size !== 0) throw new ProtoError('packed field ends early', packed.end);
  return bytes / size;
}

function append(into: Fields, name: string, value: unknown): void {
  const list = into[name] as unknown[];
  // Empty lists are shared between messages.
  if (list.length === 0) into[name] = [value];
  else list.push(value);
}

function readScalar(kind: ScalarKind, reader: ProtoReader): unknown {
  switch (kind) {
    case 'string':
      return reader.string();
    case 'bytes':
      return reader.bytes();
    case 'int32':
    case 'enum':
      return reader.int32();
    case 'uint32':
      return reader.int32() >>> 0;
    case 'sint32':
      return unZigZag(reader.int32());
    case 'bool':
      return reader.uint64() !== 0n;
    case 'int64':
      return reader.int64();
    case 'uint64':
      return reader.uint64();
    case 'fixed64':
      return reader.fixed64();
    case 'sfixed64':
      return BigInt.asIntN(64, reader.fixed64());
    case 'fixed32':
      return reader.fixed32();
    case 'double':
      return reader.double();
  }
}

function unZigZag(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}
