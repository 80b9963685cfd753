// SPDX-License-Identifier: Apache-2.0
// A message's table, prepared once for encoding and decoding.
import type {
  AnyMessageType,
  FieldRow,
  MessageType,
  NumberColumn,
  ScalarKind,
} from './messageType.ts';

type ColumnClass = {
  new (count: number): NumberColumn;
  from(values: readonly (number | bigint)[]): NumberColumn;
};

export interface KnownField {
  readonly name: string;
  readonly number: number;
  /** One of the two. */
  readonly scalar: ScalarKind | undefined;
  readonly message: AnyMessageType | undefined;
  readonly isList: boolean;
  /** Written even when it has its type's zero value. */
  readonly hasPresence: boolean;
  /** For repeated numbers. */
  readonly column: ColumnClass | undefined;
  /** The other members of its oneof. */
  readonly excludes: readonly string[];
}

export interface Layout {
  readonly fields: readonly KnownField[];
  /** Index: the field's number. OTLP's are small; an array is twice as fast as a map. */
  readonly byNumber: readonly (KnownField | undefined)[];
  readonly empty: Readonly<Record<string, unknown>>;
}

const COLUMNS: Readonly<Partial<Record<ScalarKind, unknown>>> = {
  double: Float64Array,
  fixed64: BigUint64Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  int32: Int32Array,
};

const ZERO: Readonly<Record<ScalarKind, unknown>> = {
  bool: false,
  bytes: new Uint8Array(0),
  double: 0,
  enum: 0,
  fixed32: 0,
  fixed64: 0n,
  int32: 0,
  int64: 0n,
  sfixed64: 0n,
  sint32: 0,
  string: '',
  uint32: 0,
  uint64: 0n,
};

const NO_ITEMS: readonly unknown[] = Object.freeze([]);
const layouts = new WeakMap<AnyMessageType, Layout>();

export function layoutOf(type: AnyMessageType): Layout {
  const known = layouts.get(type);
  if (known !== undefined) return known;
  const fields = type.fields.map((row) => knownField(row, type.fields));
  const byNumber: (KnownField | undefined)[] = [];
  for (const field of fields) byNumber[field.number] = field;
  const empty = Object.fromEntries(fields.map((field) => [field.name, zeroOf(field)]));
  const layout: Layout = { fields, byNumber, empty };
  layouts.set(type, layout);
  return layout;
}

/** A message of which no field was set. Its empty lists are shared: replace, do not push. */
export function emptyMessage<T>(type: MessageType<T>): Record<string, unknown> {
  return { ...layoutOf(type as AnyMessageType).empty };
}

function knownField(row: FieldRow, rows: readonly FieldRow[]): KnownField {
  const [name, number, kind, shape] = row;
  const scalar = typeof kind === 'string' ? kind : undefined;
  const isList = shape === 'list';
  return {
    name,
    number,
    scalar,
    message: typeof kind === 'string' ? undefined : kind(),
    isList,
    hasPresence: shape !== 'one' && !isList,
    column: isList && scalar !== undefined ? (COLUMNS[scalar] as ColumnClass) : undefined,
    excludes: shape.startsWith('oneof')
      ? rows.filter((other) => other[3] === shape && other !== row).map((other) => other[0])
      : [],
  };
}

function zeroOf(field: KnownField): unknown {
  if (field.column !== undefined) return new field.column(0);
  if (field.isList) return NO_ITEMS;
  return field.hasPresence || field.scalar === undefined ? undefined : ZERO[field.scalar];
}
