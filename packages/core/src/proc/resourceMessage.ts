// SPDX-License-Identifier: Apache-2.0
// opentelemetry.proto.resource.v1.Resource, as much of it as a process publishes: attributes whose
// values are strings, booleans, numbers or lists of those. Protocol Buffers encoding, wire types 0,
// 1, 2 and 5; anything else ends the reading.
import { decodeBytes } from '../bytes/surrogateEscape.ts';

export type AttributeValue = string | number | boolean | readonly AttributeValue[];

const MAX_ATTRIBUTES = 1024;
const MAX_DEPTH = 4;
const WIRE = { VARINT: 0, I64: 1, LEN: 2, I32: 5 } as const;

interface Field {
  readonly number: number;
  readonly wire: number;
  /** Of wire type LEN, else empty. */
  readonly bytes: Uint8Array;
  /** Of wire type VARINT; I64 is given as raw bytes in `bytes`. */
  readonly varint: bigint;
}

const EMPTY = new Uint8Array(0);

/** Attributes of a resource; undefined when the bytes are no such message. */
export function parseResource(bytes: Uint8Array): Map<string, AttributeValue> | undefined {
  const attributes = new Map<string, AttributeValue>();
  const fields = readFields(bytes);
  if (fields === undefined) return undefined;
  for (const field of fields) {
    if (field.number !== 1 || field.wire !== WIRE.LEN) continue;
    const pair = readFields(field.bytes);
    const key = pair?.find(({ number, wire }) => number === 1 && wire === WIRE.LEN);
    const value = pair?.find(({ number, wire }) => number === 2 && wire === WIRE.LEN);
    if (pair === undefined || key === undefined) return undefined;
    const decoded = value === undefined ? '' : anyValue(value.bytes, 0);
    if (decoded !== undefined) attributes.set(decodeBytes(key.bytes), decoded);
  }
  return attributes;
}

/** AnyValue: string 1, bool 2, int 3, double 4, array 5; others give undefined. */
function anyValue(bytes: Uint8Array, depth: number): AttributeValue | undefined {
  const field = readFields(bytes)?.[0];
  if (field === undefined) return '';
  if (field.number === 1 && field.wire === WIRE.LEN) return decodeBytes(field.bytes);
  if (field.number === 2 && field.wire === WIRE.VARINT) return field.varint !== 0n;
  if (field.number === 3 && field.wire === WIRE.VARINT) {
    return Number(BigInt.asIntN(64, field.varint));
  }
  if (field.number === 4 && field.wire === WIRE.I64) {
    return Buffer.from(field.bytes).readDoubleLE(0);
  }
  if (field.number !== 5 || field.wire !== WIRE.LEN || depth >= MAX_DEPTH) return undefined;
  const values: AttributeValue[] = [];
  for (const element of readFields(field.bytes) ?? []) {
    if (element.number !== 1 || element.wire !== WIRE.LEN) continue;
    const value = anyValue(element.bytes, depth + 1);
    if (value !== undefined) values.push(value);
  }
  return values;
}

/** The fields of one message; undefined when the bytes end within one, or hold too many. */
function readFields(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (fields.length >= MAX_ATTRIBUTES) return undefined;
    const tag = readVarint(bytes, at);
    if (tag === undefined) return undefined;
    at = tag.end;
    const number = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n);
    if (wire === WIRE.VARINT) {
      const value = readVarint(bytes, at);
      if (value === undefined) return undefined;
      fields.push({ number, wire, bytes: EMPTY, varint: value.value });
      at = value.end;
      continue;
    }
    let lengthBytes = wire === WIRE.I64 ? 8 : wire === WIRE.I32 ? 4 : -1;
    if (wire === WIRE.LEN) {
      const length = readVarint(bytes, at);
      if (length === undefined || length.value > BigInt(bytes.length)) return undefined;
      lengthBytes = Number(length.value);
      at = length.end;
    }
    if (lengthBytes < 0 || at + lengthBytes > bytes.length) return undefined;
    fields.push({ number, wire, bytes: bytes.subarray(at, at + lengthBytes), varint: 0n });
    at += lengthBytes;
  }
  return fields;
}

function readVarint(bytes: Uint8Array, from: number): { value: bigint; end: number } | undefined {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: from + i + 1 };
  }
  return undefined;
}
