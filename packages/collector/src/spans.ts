// SPDX-License-Identifier: Apache-2.0
// Spans of a request as they are kept (opentelemetry-proto, trace/v1).
import type { OtlpExportTraceServiceRequest, OtlpKeyValue, OtlpSpan } from '@otelkit/otlp';
import { attributeTexts, clip } from '@otelkit/profiles';
import type { SpanRow } from './store/spanBuffer.ts';

/** Events of one span that are kept. */
const MOST_EVENTS = 128;

export function* spanRows(request: OtlpExportTraceServiceRequest): Generator<SpanRow> {
  for (const { resource, scopeSpans } of request.resourceSpans) {
    const attributes = attributeTexts(resource?.attributes ?? [], []);
    const service = attributes.get('service.name') ?? '';
    const text = JSON.stringify([...attributes]);
    for (const { spans } of scopeSpans) {
      for (const span of spans) yield rowOf(span, service, text);
    }
  }
}

function rowOf(span: OtlpSpan, service: string, resource: string): SpanRow {
  const startUs = microseconds(span.startTimeUnixNano);
  return {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    name: clip(span.name),
    kind: span.kind >= 0 && span.kind <= 5 ? span.kind : 0,
    service,
    startUs,
    durationUs: Math.max(0, microseconds(span.endTimeUnixNano) - startUs),
    status: Math.min(2, Math.max(0, span.status?.code ?? 0)),
    statusMessage: clip(span.status?.message ?? ''),
    attributes: pairs(span.attributes),
    resource,
    events: JSON.stringify(
      span.events.slice(0, MOST_EVENTS).map((event) => ({
        timeMs: microseconds(event.timeUnixNano) / 1_000,
        name: clip(event.name),
        attributes: [...attributeTexts(event.attributes, [])],
      })),
    ),
  };
}

function pairs(attributes: readonly OtlpKeyValue[]): string {
  return JSON.stringify([...attributeTexts(attributes, [])]);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Times that no clock shows become 0. */
function microseconds(timeNs: bigint): number {
  const us = Number(timeNs / 1_000n);
  return us <= Number.MAX_SAFE_INTEGER ? us : 0;
}
