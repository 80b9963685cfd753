// SPDX-License-Identifier: Apache-2.0
// opentelemetry.proto.common.v1: KeyValue and AnyValue.
import type { AttributeValue } from '../profiles/frame.ts';
import { type ProtoWriter, WIRE_FIXED64, WIRE_VARINT } from './protoWriter.ts';

const KEY_VALUE_KEY = 1;
const KEY_VALUE_VALUE = 2;
const ANY_STRING = 1;
const ANY_BOOL = 2;
const ANY_INT = 3;
const ANY_DOUBLE = 4;
const ANY_ARRAY = 5;
const ARRAY_VALUES = 1;

/** A field that holds an AnyValue. Whole numbers are int_value, all others double_value. */
export function writeAnyValue(writer: ProtoWriter, field: number, value: AttributeValue): void {
  const mark = writer.open(field);
  // A oneof member is written even when it is the default: an empty AnyValue is another thing.
  if (typeof value === 'string') writer.stringField(ANY_STRING, value);
  else if (typeof value === 'boolean') {
    writer.tag(ANY_BOOL, WIRE_VARINT);
    writer.varint(value ? 1 : 0);
  } else if (typeof value === 'bigint' || Number.isSafeInteger(value)) {
    writer.tag(ANY_INT, WIRE_VARINT);
    writer.varint64(value as number | bigint);
  } else if (typeof value === 'number') {
    writer.tag(ANY_DOUBLE, WIRE_FIXED64);
    writer.double(value);
  } else {
    const list = writer.open(ANY_ARRAY);
    for (const item of value) writeAnyValue(writer, ARRAY_VALUES, item);
    writer.close(list);
  }
  writer.close(mark);
}

/** A field that holds a KeyValue with its key as text. */
export function writeKeyValue(
  writer: ProtoWriter,
  field: number,
  key: string,
  value: AttributeValue,
): void {
  const mark = writer.open(field);
  writer.stringField(KEY_VALUE_KEY, key);
  writeAnyValue(writer, KEY_VALUE_VALUE, value);
  writer.close(mark);
}
