// SPDX-License-Identifier: Apache-2.0
// ExportTraceServiceRequest of opentelemetry-proto v1, written straight from spans: twenty thousand a
// second pass here.
import { ProtoWriter, type ResourceAttributes, WIRE_FIXED32, writeKeyValue } from '@otelkit/otlp';
import { SCHEMA_URL } from '../semconv/describe.ts';
import type { GoSpan } from '../semconv/span.ts';
import { version } from '../version.ts';

/** Spans of one resource. */
export interface SpanGroup {
  readonly resource: ResourceAttributes;
  readonly spans: readonly GoSpan[];
}

export interface EncodedSpans {
  readonly bytes: Buffer;
  readonly spanCount: number;
}

/**
 * One request or several, none of them much larger than `maxBytes`.
 * @param originNs wall clock at CLOCK_MONOTONIC 0
 */
export function encodeTraces(
  groups: readonly SpanGroup[],
  originNs: bigint,
  maxBytes: number,
): EncodedSpans[] {
  const requests: EncodedSpans[] = [];
  const writer = new ProtoWriter(65_536);
  let spanCount = 0;
  const finish = (): void => {
    if (spanCount > 0) requests.push({ bytes: writer.finish(), spanCount });
    writer.reset();
    spanCount = 0;
  };
  for (const { resource, spans } of groups) {
    for (const [library, ofLibrary] of byLibrary(spans)) {
      for (let from = 0; from < ofLibrary.length; ) {
        if (writer.length >= maxBytes) finish();
        const to = writeScope(writer, {
          resource,
          library,
          spans: ofLibrary,
          from,
          originNs,
          maxBytes,
        });
        spanCount += to - from;
        from = to;
      }
    }
  }
  finish();
  return requests;
}

function byLibrary(spans: readonly GoSpan[]): Map<string, GoSpan[]> {
  const groups = new Map<string, GoSpan[]>();
  for (const span of spans) {
    const group = groups.get(span.library);
    if (group === undefined) groups.set(span.library, [span]);
    else group.push(span);
  }
  return groups;
}

interface ScopePart {
  readonly resource: ResourceAttributes;
  readonly library: string;
  readonly spans: readonly GoSpan[];
  readonly from: number;
  readonly originNs: bigint;
  readonly maxBytes: number;
}

/** ResourceSpans with one ScopeSpans. @returns where the next part begins */
function writeScope(writer: ProtoWriter, part: ScopePart): number {
  const { spans, originNs, maxBytes } = part;
  const resourceSpans = writer.open(1);
  const resource = writer.open(1);
  for (const [key, value] of Object.entries(part.resource)) writeKeyValue(writer, 1, key, value);
  writer.close(resource);
  const scopeSpans = writer.open(2);
  writeScopeName(writer, part.library);
  let at = part.from;
  do writeSpan(writer, spans[at++]!, originNs);
  while (at < spans.length && writer.length < maxBytes);
  writer.stringField(3, SCHEMA_URL);
  writer.close(scopeSpans);
  writer.stringField(3, SCHEMA_URL);
  writer.close(resourceSpans);
  return at;
}

/** InstrumentationScope, field 1: `otel-go/net/http`. */
export function writeScopeName(writer: ProtoWriter, library: string): void {
  const scope = writer.open(1);
  writer.stringField(1, `otel-go/${library}`);
  writer.stringField(2, version);
  writer.close(scope);
}

function writeSpan(writer: ProtoWriter, span: GoSpan, originNs: bigint): void {
  const mark = writer.open(2);
  writer.bytesField(1, span.traceId);
  writer.bytesField(2, span.spanId);
  if (span.traceState !== '') writer.stringField(3, span.traceState);
  if (span.parentId.length > 0) writer.bytesField(4, span.parentId);
  writer.stringField(5, span.name);
  writer.uintField(6, span.kind);
  writer.fixed64Field(7, span.startNs + originNs);
  writer.fixed64Field(8, span.endNs + originNs);
  for (const [key, value] of span.attributes) writeKeyValue(writer, 9, key, value);
  if (span.statusCode !== 0) {
    const status = writer.open(15);
    if (span.statusMessage !== '') writer.stringField(2, span.statusMessage);
    writer.uintField(3, span.statusCode);
    writer.close(status);
  }
  writer.tag(16, WIRE_FIXED32);
  writer.fixed32(span.flags);
  writer.close(mark);
}
