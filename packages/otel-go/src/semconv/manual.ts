// SPDX-License-Identifier: Apache-2.0
// Spans that a program makes by hand. go.opentelemetry.io/auto/sdk hands each over as OTLP in JSON
// (opentelemetry-proto, JSON mapping); of the API without an SDK only the name is known.
import { type SpanRecord, SpanText } from '@otelkit/bpf-client';
import type { Attribute, AttributeValue } from './attributes.ts';
import {
  type Described,
  described,
  failByError,
  type ProcessNames,
  SPAN_KIND,
  type SpanEvent,
  STATUS_CODE,
} from './span.ts';

type Json = Readonly<Record<string, unknown>>;

const DEFAULT_LIBRARY = 'go.opentelemetry.io/otel';
const MOST_ATTRIBUTES = 128;
const MOST_EVENTS = 128;
const DEEPEST_LIST = 1;

export function manual(record: SpanRecord, names: ProcessNames): Described {
  const data = spanData(record);
  const scope = objectOf(data?.scope);
  const span = described(textOf(scope['name']) || DEFAULT_LIBRARY, SPAN_KIND.INTERNAL);
  span.name = record.text(SpanText.name) || 'span';
  if (data === undefined) {
    failByError(span, record, names);
    return span;
  }
  const { kind, name, status } = data.span;
  span.name = textOf(name) || span.name;
  if (typeof kind === 'number' && kind >= 1 && kind <= 5) span.kind = kind;
  span.attributes.push(...attributesOf(data.span['attributes']));
  span.events = eventsOf(data.span['events']);
  const { code, message } = objectOf(status);
  if (code === STATUS_CODE.OK || code === STATUS_CODE.ERROR) {
    span.statusCode = code;
    span.statusMessage = textOf(message);
  }
  return span;
}

/** Undefined where there is none, or it was cut. */
function spanData(record: SpanRecord): { span: Json; scope: unknown } | undefined {
  if (!record.hasText(SpanText.spanData) || record.isCut(SpanText.spanData)) return undefined;
  try {
    const whole = objectOf(JSON.parse(record.text(SpanText.spanData)));
    const resource = objectOf(listOf(whole['resourceSpans'])[0]);
    const scope = objectOf(listOf(resource['scopeSpans'])[0]);
    const span = listOf(scope['spans'])[0];
    return span === undefined ? undefined : { span: objectOf(span), scope: scope['scope'] };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function attributesOf(given: unknown): Attribute[] {
  const attributes: Attribute[] = [];
  for (const one of listOf(given).slice(0, MOST_ATTRIBUTES)) {
    const { key, value } = objectOf(one);
    const read = anyValue(objectOf(value), 0);
    if (typeof key === 'string' && key !== '' && read !== undefined) attributes.push([key, read]);
  }
  return attributes;
}

/** AnyValue; numbers of 64 bits are texts in JSON. Maps and lists of lists are left out. */
function anyValue(value: Json, depth: number): AttributeValue | undefined {
  const { stringValue, boolValue, intValue, doubleValue, arrayValue } = value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  if (typeof intValue === 'number') return intValue;
  if (typeof intValue === 'string' && /^-?\d{1,19}$/.test(intValue)) return BigInt(intValue);
  if (typeof doubleValue === 'number') return doubleValue;
  if (arrayValue === undefined || depth >= DEEPEST_LIST) return undefined;
  return listOf(objectOf(arrayValue)['values'])
    .slice(0, MOST_ATTRIBUTES)
    .map((item) => String(anyValue(objectOf(item), depth + 1) ?? ''));
}

function eventsOf(given: unknown): SpanEvent[] {
  return listOf(given)
    .slice(0, MOST_EVENTS)
    .map((one) => {
      const { name, timeUnixNano, attributes } = objectOf(one);
      const time = String(timeUnixNano ?? '');
      return {
        name: textOf(name),
        timeUnixNano: /^\d{1,20}$/.test(time) ? BigInt(time) : 0n,
        attributes: attributesOf(attributes),
      };
    });
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
