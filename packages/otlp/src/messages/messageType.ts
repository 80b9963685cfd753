// SPDX-License-Identifier: Apache-2.0
// What the tables beside this file say about messages; they are made from proto/ by generate.mjs.

export type ScalarKind =
  | 'bool'
  | 'bytes'
  | 'double'
  | 'enum'
  | 'fixed32'
  | 'fixed64'
  | 'int32'
  | 'int64'
  | 'sfixed64'
  | 'sint32'
  | 'string'
  | 'uint32'
  | 'uint64';

/** Numbers of a repeated field. */
export type NumberColumn = Int32Array | Uint32Array | BigInt64Array | BigUint64Array | Float64Array;

/** `one`: has a default. `optional` and members of a oneof are undefined unless they were set. */
export type FieldRow = readonly [
  name: string,
  number: number,
  kind: ScalarKind | (() => AnyMessageType),
  shape: 'one' | 'list' | 'optional' | `oneof ${string}`,
];

export type AnyMessageType = MessageType<unknown>;

/** One message, T its decoded form. */
export interface MessageType<T> {
  /** Full name in protobuf. */
  readonly name: string;
  readonly fields: readonly FieldRow[];
  /** Never set: ties the table to its interface. */
  readonly decoded?: T;
}

/** A message to encode: everything may be left out, numbers may stand for 64-bit ones. */
export type Encodable<T> = T extends Uint8Array
  ? Uint8Array
  : T extends BigInt64Array | BigUint64Array
    ? ArrayLike<bigint | number>
    : T extends NumberColumn
      ? ArrayLike<number>
      : T extends bigint
        ? bigint | number
        : T extends readonly (infer Item)[]
          ? readonly Encodable<Item>[]
          : T extends object
            ? { readonly [Key in keyof T]?: Encodable<T[Key]> | undefined }
            : T;
