// SPDX-License-Identifier: Apache-2.0
// Any OTLP message to the wire, by its table. For what is not hot: profiles have a writer of their
// own (../profiles).
import { ProtoWriter, WIRE_FIXED32, WIRE_FIXED64, WIRE_VARINT } from '../wire/protoWriter.ts';
import { type KnownField, layoutOf } from './layout.ts';
import type { AnyMessageType, Encodable, MessageType, ScalarKind } from './messageType.ts';

/** Encodes one message; fields that are left out have their default. */
export function encodeMessage<T>(type: MessageType<T>, message: Encodable<T>): Buffer {
  const writer = new ProtoWriter();
  writeFields(writer, type as AnyMessageType, message as Record<string, unknown>);
  return writer.finish();
}

function writeFields(
  writer: ProtoWriter,
  type: AnyMessageType,
  message: Record<string, unknown>,
): void {
  for (const field of layoutOf(type).fields) {
    const value = message[field.name];
    if (value === undefined || value === null) continue;
    if (field.column !== undefined) writeNumbers(writer, field, value as ArrayLike<unknown>);
    else if (field.isList) for (const item of value as unknown[]) writeField(writer, field, item);
    else if (field.hasPresence || field.message !== undefined || !isZero(value))
      writeField(writer, field, value);
  }
}

function writeField(writer: ProtoWriter, field: KnownField, value: unknown): void {
  if (field.message !== undefined) {
    const mark = writer.open(field.number);
    writeFields(writer, field.message, value as Record<string, unknown>);
    writer.close(mark);
  } else if (field.scalar === 'string') writer.stringField(field.number, value as string);
  else if (field.scalar === 'bytes') writer.bytesField(field.number, value as Uint8Array);
  else {
    writer.tag(field.number, wireOf(field.scalar!));
    writeNumber(writer, field.scalar!, value as number | bigint | boolean);
  }
}

function writeNumbers(writer: ProtoWriter, field: KnownField, values: ArrayLike<unknown>): void {
  if (values.length === 0) return;
  const mark = writer.open(field.number);
  for (let i = 0; i < values.length; i++)
    writeNumber(writer, field.scalar!, values[i] as number | bigint);
  writer.close(mark);
}

function wireOf(kind: ScalarKind): number {
  if (kind === 'fixed32') return WIRE_FIXED32;
  return kind === 'fixed64' || kind === 'sfixed64' || kind === 'double'
    ? WIRE_FIXED64
    : WIRE_VARINT;
}

function writeNumber(
  writer: ProtoWriter,
  kind: ScalarKind,
  value: number | bigint | boolean,
): void {
  switch (kind) {
    case 'double':
      writer.double(Number(value));
      break;
    case 'fixed64':
    case 'sfixed64':
      writer.fixed64Big(BigInt(value));
      break;
    case 'fixed32':
      writer.fixed32(Number(value));
      break;
    case 'sint32':
      writer.varint(((Number(value) << 1) ^ (Number(value) >> 31)) >>> 0);
      break;
    default:
      // Booleans are 0 and 1; negative numbers take ten bytes, int32 ones too.
      writer.varint64(typeof value === 'boolean' ? Number(value) : value);
  }
}

function isZero(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length === 0;
  // -0 is not the zero value of a double.
  return value === '' || value === false || value === 0n || Object.is(value, 0);
}
