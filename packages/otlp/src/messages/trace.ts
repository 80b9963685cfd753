// SPDX-License-Identifier: Apache-2.0
// Made from proto/trace.proto by generate.mjs: change that file, not this one.

import {
  OTLP_INSTRUMENTATION_SCOPE,
  OTLP_KEY_VALUE,
  type OtlpInstrumentationScope,
  type OtlpKeyValue,
} from './attributes.ts';
import type { MessageType } from './messageType.ts';
import { OTLP_RESOURCE, type OtlpResource } from './resource.ts';

export const SPAN_KIND = {
  UNSPECIFIED: 0,
  INTERNAL: 1,
  SERVER: 2,
  CLIENT: 3,
  PRODUCER: 4,
  CONSUMER: 5,
} as const;

export const STATUS_CODE = { UNSET: 0, OK: 1, ERROR: 2 } as const;

/** Spans of one resource. */
export interface OtlpResourceSpans {
  resource: OtlpResource | undefined;
  scopeSpans: OtlpScopeSpans[];
  schemaUrl: string;
}

export const OTLP_RESOURCE_SPANS: MessageType<OtlpResourceSpans> = {
  name: 'opentelemetry.proto.trace.v1.ResourceSpans',
  fields: [
    ['resource', 1, () => OTLP_RESOURCE, 'one'],
    ['scopeSpans', 2, () => OTLP_SCOPE_SPANS, 'list'],
    ['schemaUrl', 3, 'string', 'one'],
  ],
};

/** Spans that one scope made. */
export interface OtlpScopeSpans {
  scope: OtlpInstrumentationScope | undefined;
  spans: OtlpSpan[];
  schemaUrl: string;
}

export const OTLP_SCOPE_SPANS: MessageType<OtlpScopeSpans> = {
  name: 'opentelemetry.proto.trace.v1.ScopeSpans',
  fields: [
    ['scope', 1, () => OTLP_INSTRUMENTATION_SCOPE, 'one'],
    ['spans', 2, () => OTLP_SPAN, 'list'],
    ['schemaUrl', 3, 'string', 'one'],
  ],
};

/** One operation. */
export interface OtlpSpan {
  traceId: Uint8Array;
  spanId: Uint8Array;
  traceState: string;
  parentSpanId: Uint8Array;
  name: string;
  kind: number;
  startTimeUnixNano: bigint;
  endTimeUnixNano: bigint;
  attributes: OtlpKeyValue[];
  droppedAttributesCount: number;
  events: OtlpSpanEvent[];
  droppedEventsCount: number;
  links: OtlpSpanLink[];
  droppedLinksCount: number;
  status: OtlpStatus | undefined;
  flags: number;
}

export const OTLP_SPAN: MessageType<OtlpSpan> = {
  name: 'opentelemetry.proto.trace.v1.Span',
  fields: [
    ['traceId', 1, 'bytes', 'one'],
    ['spanId', 2, 'bytes', 'one'],
    ['traceState', 3, 'string', 'one'],
    ['parentSpanId', 4, 'bytes', 'one'],
    ['name', 5, 'string', 'one'],
    ['kind', 6, 'enum', 'one'],
    ['startTimeUnixNano', 7, 'fixed64', 'one'],
    ['endTimeUnixNano', 8, 'fixed64', 'one'],
    ['attributes', 9, () => OTLP_KEY_VALUE, 'list'],
    ['droppedAttributesCount', 10, 'uint32', 'one'],
    ['events', 11, () => OTLP_SPAN_EVENT, 'list'],
    ['droppedEventsCount', 12, 'uint32', 'one'],
    ['links', 13, () => OTLP_SPAN_LINK, 'list'],
    ['droppedLinksCount', 14, 'uint32', 'one'],
    ['status', 15, () => OTLP_STATUS, 'one'],
    ['flags', 16, 'fixed32', 'one'],
  ],
};

/** Something that happened during a span. */
export interface OtlpSpanEvent {
  timeUnixNano: bigint;
  name: string;
  attributes: OtlpKeyValue[];
  droppedAttributesCount: number;
}

export const OTLP_SPAN_EVENT: MessageType<OtlpSpanEvent> = {
  name: 'opentelemetry.proto.trace.v1.Span.Event',
  fields: [
    ['timeUnixNano', 1, 'fixed64', 'one'],
    ['name', 2, 'string', 'one'],
    ['attributes', 3, () => OTLP_KEY_VALUE, 'list'],
    ['droppedAttributesCount', 4, 'uint32', 'one'],
  ],
};

export interface OtlpSpanLink {
  traceId: Uint8Array;
  spanId: Uint8Array;
  traceState: string;
  attributes: OtlpKeyValue[];
  droppedAttributesCount: number;
  flags: number;
}

export const OTLP_SPAN_LINK: MessageType<OtlpSpanLink> = {
  name: 'opentelemetry.proto.trace.v1.Span.Link',
  fields: [
    ['traceId', 1, 'bytes', 'one'],
    ['spanId', 2, 'bytes', 'one'],
    ['traceState', 3, 'string', 'one'],
    ['attributes', 4, () => OTLP_KEY_VALUE, 'list'],
    ['droppedAttributesCount', 5, 'uint32', 'one'],
    ['flags', 6, 'fixed32', 'one'],
  ],
};

/** How an operation ended. */
export interface OtlpStatus {
  message: string;
  code: number;
}

export const OTLP_STATUS: MessageType<OtlpStatus> = {
  name: 'opentelemetry.proto.trace.v1.Status',
  fields: [
    ['message', 2, 'string', 'one'],
    ['code', 3, 'enum', 'one'],
  ],
};
