// SPDX-License-Identifier: Apache-2.0
// OTLP's JSON form of a message (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding") as its
// protobuf bytes, so that all that follows knows one form. Trace and span IDs are hex there, not
// base64; enumerations are numbers; unknown keys are stepped over.
import { LIMITS } from '../limits.ts';
import type { DecodeLimits } from './decodeMessage.ts';
import { encodeMessage } from './encodeMessage.ts';
import { type KnownField, layoutOf } from './layout.ts';
import type { AnyMessageType, Encodable, MessageType, ScalarKind } from './messageType.ts';

/** The text is no JSON, or not the message that it was taken for. */
export class JsonMessageError extends Error {
  /** Where: `resourceSpans[0].scopeSpans`. Empty for the whole. */
  readonly path: string;

  constructor(message: string, path: string) {
    super(path === '' ? message : `${path}: ${message}`);
    this.name = 'JsonMessageError';
    this.path = path;
  }
}

const HEX_FIELDS = new Set(['traceId', 'spanId', 'parentSpanId']);
const DECIMAL = /^-?\d{1,20}$/;
/** Characters of a wrong value in an error. */
const SHOWN_CHARS = 40;

/** @throws JsonMessageError and nothing else */
export function protobufOfJson<T>(
  type: MessageType<T>,
  text: string,
  limits: DecodeLimits = {},
): Buffer {
  const reader = new JsonReader(limits.fields ?? LIMITS.decodeFields);
  const depth = limits.depth ?? LIMITS.decodeDepth;
  const message = reader.message(type as AnyMessageType, parsed(text), '', depth);
  return encodeMessage(type, message as Encodable<T>);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new JsonMessageError(`no JSON: ${(error as Error).message.slice(0, 200)}`, '');
  }
}

class JsonReader {
  #fieldsLeft: number;

  constructor(fields: number) {
    this.#fieldsLeft = fields;
  }

  message(type: AnyMessageType, value: unknown, path: string, depth: number): object {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new JsonMessageError(`an object is expected, not ${shown(value)}`, path);
    }
    if (depth === 0) throw new JsonMessageError('messages are nested too deep', path);
    const source = value as Readonly<Record<string, unknown>>;
    const found: Record<string, unknown> = {};
    for (const field of layoutOf(type).fields) {
      // Own keys only: a message may be called `constructor` and have nothing of ours.
      const item = Object.hasOwn(source, field.name) ? source[field.name] : undefined;
      if (item === undefined || item === null) continue;
      const at = path === '' ? field.name : `${path}.${field.name}`;
      found[field.name] = field.isList
        ? this.#list(field, item, at, depth)
        : this.#one(field, item, at, depth);
    }
    return found;
  }

  #list(field: KnownField, value: unknown, path: string, depth: number): unknown[] {
    if (!Array.isArray(value)) {
      throw new JsonMessageError(`an array is expected, not ${shown(value)}`, path);
    }
    return value.map((item, i) => this.#one(field, item, `${path}[${i}]`, depth));
  }

  #one(field: KnownField, value: unknown, path: string, depth: number): unknown {
    if (--this.#fieldsLeft < 0) {
      throw new JsonMessageError('more fields than a request may have', path);
    }
    if (field.message !== undefined) return this.message(field.message, value, path, depth - 1);
    const scalar = scalarOf(field.scalar!, field.name, value);
    if (scalar !== undefined) return scalar;
    throw new JsonMessageError(`${shown(value)} is no ${field.scalar}`, path);
  }
}

/** Undefined where the value is none of the kind. */
function scalarOf(kind: ScalarKind, name: string, value: unknown): unknown {
  switch (kind) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'bytes':
      return typeof value === 'string' ? bytesOf(name, value) : undefined;
    case 'double':
      return doubleOf(value);
    case 'enum':
    case 'int32':
    case 'sint32':
      return within(value, -(2n ** 31n), 2n ** 31n - 1n);
    case 'uint32':
    case 'fixed32':
      return within(value, 0n, 2n ** 32n - 1n);
    case 'int64':
    case 'sfixed64':
      return within(value, -(2n ** 63n), 2n ** 63n - 1n);
    case 'uint64':
    case 'fixed64':
      return within(value, 0n, 2n ** 64n - 1n);
  }
}

/** Whole numbers come as numbers or as decimal text, 64-bit ones as text by the specification. */
function within(value: unknown, least: bigint, most: bigint): bigint | undefined {
  const isWhole = typeof value === 'number' && Number.isInteger(value);
  const isText = typeof value === 'string' && DECIMAL.test(value);
  if (!isWhole && !isText) return undefined;
  const number = BigInt(value as string | number);
  return number >= least && number <= most ? number : undefined;
}

function doubleOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value === 'NaN') return Number.NaN;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function bytesOf(name: string, text: string): Uint8Array | undefined {
  if (!HEX_FIELDS.has(name)) return Buffer.from(text, 'base64');
  const isHex = text.length % 2 === 0 && /^[0-9a-f]*$/i.test(text);
  return isHex ? Buffer.from(text, 'hex') : undefined;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS)}…`;
}
