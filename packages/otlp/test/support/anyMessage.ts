// SPDX-License-Identifier: Apache-2.0
// Random messages of any type, made from its table.
import fc from 'fast-check';
import type { AnyMessageType, FieldRow, ScalarKind } from '../../src/messages/messageType.ts';

const MAX_I64 = 2n ** 63n - 1n;
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: MAX_I64 });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

const SCALAR: Readonly<Record<ScalarKind, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  bytes: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  double: fc.double({ noNaN: true }),
  enum: fc.nat(5),
  fixed32: uint32,
  fixed64: uint64,
  int32,
  int64,
  sfixed64: int64,
  sint32: int32,
  string: fc.string({ unit: 'grapheme', maxLength: 40 }),
  uint32,
  uint64,
};

/** Encodable objects; nested as far as `depth`. */
export function anyMessage(type: AnyMessageType, depth: number): fc.Arbitrary<object> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  const oneofs = new Map<string, FieldRow[]>();
  for (const row of type.fields) {
    const [name, , kind, shape] = row;
    if (typeof kind !== 'string' && depth === 0) continue;
    const of = typeof kind === 'string' ? SCALAR[kind] : anyMessage(kind(), depth - 1);
    if (shape === 'list') fields[name] = fc.array(of, { maxLength: 3 });
    else if (shape.startsWith('oneof')) oneofs.set(shape, [...(oneofs.get(shape) ?? []), row]);
    else fields[name] = of;
  }
  const rest = fc.record(fields, { requiredKeys: [] });
  let all: fc.Arbitrary<object> = rest;
  for (const rows of oneofs.values()) {
    const usable = rows.filter((row) => typeof row[2] === 'string' || depth > 0);
    const member = fc.oneof(
      ...usable.map(([name, , kind]) =>
        (typeof kind === 'string' ? SCALAR[kind] : anyMessage(kind(), depth - 1)).map((value) => ({
          [name]: value,
        })),
      ),
      fc.constant({}),
    );
    all = fc.tuple(all, member).map(([a, b]) => ({ ...a, ...b }));
  }
  return all;
}
