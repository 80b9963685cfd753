// SPDX-License-Identifier: Apache-2.0
// ExportTraceServiceRequest of opentelemetry-proto v1. Twenty thousand spans a second pass here: each
// is written to the wire as it comes, and nothing of it is kept as an object.
import { type SpanRecord, SpanRecordFlag, SpanText } from '@otelkit/bpf-client';
import {
  ProtoWriter,
  type ResourceAttributes,
  WIRE_BYTES,
  WIRE_FIXED32,
  WIRE_FIXED64,
  writeKeyValue,
} from '@otelkit/otlp';
import { SCHEMA_URL } from '../semconv/describe.ts';
import type { Described } from '../semconv/span.ts';
import type { SpanCopy } from '../shapes/spanCopies.ts';
import type { SpanShape } from '../shapes/spanShapes.ts';
import { version } from '../version.ts';

export interface EncodedSpans {
  readonly bytes: Buffer;
  readonly spanCount: number;
}

/** Spans of one library in one process, as the fields of their ScopeSpans. */
interface Scope {
  readonly writer: ProtoWriter;
  count: number;
}

/** trace/v1 SpanFlags, over the W3C flags: it is known whether the parent is remote, and it is. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;
const TWO_32 = 4_294_967_296;
const SCOPE_BYTES = 16_384;
/** In a record: docs/go-internals.md §3. */
const START = 16;
const END = 24;
const TRACE_ID = 32;
const SPAN_ID = 48;
const PARENT_ID = 56;
const IDS_END = 64;

/** Wall clock at CLOCK_MONOTONIC 0, as two words. */
export interface ClockOrigin {
  readonly high: number;
  readonly low: number;
}

export function clockOrigin(originNs: bigint): ClockOrigin {
  return { high: Number(originNs >> 32n), low: Number(originNs & 0xffffffffn) };
}

/** Collects spans, and makes requests of them. */
export class TraceRequest {
  readonly #resources = new Map<ResourceAttributes, Map<string, Scope>>();
  #count = 0;
  #bytes = 0;

  get spanCount(): number {
    return this.#count;
  }

  /** About so many bytes are collected. */
  get sizeBytes(): number {
    return this.#bytes;
  }

  add(
    resource: ResourceAttributes,
    span: Described,
    record: SpanRecord,
    origin: ClockOrigin,
  ): void {
    const scope = this.#scopeOf(resource, span.library);
    const before = scope.writer.length;
    writeSpan(scope.writer, span, record, origin);
    this.#added(scope, before);
  }

  /** One whose words are known. @returns false where it has to be described, and was not added */
  addShaped(
    ...[resource, shape, record, origin, keep]: [
      ResourceAttributes,
      SpanShape,
      SpanRecord,
      ClockOrigin,
      ((fields: Buffer) => void)?,
    ]
  ): boolean {
    const scope = this.#scopeOf(resource, shape.library);
    const { writer } = scope;
    const before = writer.length;
    const mark = writer.openLong(2);
    writeHead(writer, record, origin);
    const fields = writer.length;
    writer.rawPart(shape.fields, 0, shape.fields.length);
    if (!shape.varying.write(writer, record, shape.constant)) {
      writer.cutBack(before);
      return false;
    }
    keep?.(writer.view().subarray(fields));
    writer.closeLong(mark);
    this.#added(scope, before);
    return true;
  }

  /** One whose fields were written before. */
  addCopy(
    resource: ResourceAttributes,
    { library, bytes }: SpanCopy,
    record: SpanRecord,
    origin: ClockOrigin,
  ): void {
    const scope = this.#scopeOf(resource, library);
    const { writer } = scope;
    const before = writer.length;
    const mark = writer.openLong(2);
    writeHead(writer, record, origin);
    writer.rawPart(bytes, 0, bytes.length);
    writer.closeLong(mark);
    this.#added(scope, before);
  }

  #added(scope: Scope, before: number): void {
    this.#bytes += scope.writer.length - before;
    scope.count++;
    this.#count++;
  }

  #scopeOf(resource: ResourceAttributes, library: string): Scope {
    let scopes = this.#resources.get(resource);
    if (scopes === undefined) {
      scopes = new Map();
      this.#resources.set(resource, scopes);
    }
    let scope = scopes.get(library);
    if (scope === undefined) {
      scope = { writer: new ProtoWriter(SCOPE_BYTES), count: 0 };
      scopes.set(library, scope);
    }
    return scope;
  }

  /** Everything that was added, as one request; undefined where there is nothing. */
  take(): EncodedSpans | undefined {
    if (this.#count === 0) return undefined;
    const request = new ProtoWriter(this.#bytes + SCOPE_BYTES);
    for (const [resource, scopes] of this.#resources) {
      let isEmpty = true;
      for (const { count } of scopes.values()) isEmpty &&= count === 0;
      // Nothing came from it since the last request: it may have ended.
      if (isEmpty) this.#resources.delete(resource);
      else writeResourceSpans(request, resource, scopes);
    }
    const spanCount = this.#count;
    this.#count = 0;
    this.#bytes = 0;
    return { bytes: request.view(), spanCount };
  }
}

function writeResourceSpans(
  writer: ProtoWriter,
  attributes: ResourceAttributes,
  scopes: ReadonlyMap<string, Scope>,
): void {
  const mark = writer.open(1);
  const resource = writer.open(1);
  for (const [key, value] of Object.entries(attributes)) writeKeyValue(writer, 1, key, value);
  writer.close(resource);
  for (const [library, scope] of scopes) {
    if (scope.count === 0) continue;
    const scopeSpans = writer.open(2);
    writeScopeName(writer, library);
    writer.raw(scope.writer.view());
    writer.stringField(3, SCHEMA_URL);
    writer.close(scopeSpans);
    scope.writer.reset();
    scope.count = 0;
  }
  writer.stringField(3, SCHEMA_URL);
  writer.close(mark);
}

/** InstrumentationScope, field 1: `otel-go/net/http`. */
export function writeScopeName(writer: ProtoWriter, library: string): void {
  const scope = writer.open(1);
  writer.stringField(1, `otel-go/${library}`);
  writer.stringField(2, version);
  writer.close(scope);
}

function writeSpan(
  writer: ProtoWriter,
  span: Described,
  record: SpanRecord,
  origin: ClockOrigin,
): void {
  const mark = writer.open(2);
  writeHead(writer, record, origin);
  writer.stringField(5, span.name);
  writer.uintField(6, span.kind);
  for (const [key, value] of span.attributes) writeKeyValue(writer, 9, key, value);
  for (const { name, timeUnixNano, attributes } of span.events ?? []) {
    const event = writer.open(11);
    writer.fixed64Field(1, timeUnixNano);
    writer.stringField(2, name);
    for (const [key, value] of attributes) writeKeyValue(writer, 3, key, value);
    writer.close(event);
  }
  if (span.statusCode !== 0) {
    const status = writer.open(15);
    if (span.statusMessage !== '') writer.stringField(2, span.statusMessage);
    writer.uintField(3, span.statusCode);
    writer.close(status);
  }
  writer.close(mark);
}

/** What is the record's own: IDs, times, flags. */
function writeHead(writer: ProtoWriter, record: SpanRecord, origin: ClockOrigin): void {
  writeId(writer, 1, record, TRACE_ID, SPAN_ID);
  writeId(writer, 2, record, SPAN_ID, PARENT_ID);
  if (record.hasText(SpanText.traceState)) {
    writer.stringField(3, record.text(SpanText.traceState));
  }
  if (!record.isRoot) writeId(writer, 4, record, PARENT_ID, IDS_END);
  writeTime(writer, 7, record, START, origin);
  writeTime(writer, 8, record, END, origin);
  const isRemote = (record.flags & SpanRecordFlag.remoteParent) !== 0;
  writer.tag(16, WIRE_FIXED32);
  writer.fixed32(record.traceFlags | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0));
}

function writeId(
  writer: ProtoWriter,
  field: number,
  record: SpanRecord,
  from: number,
  to: number,
): void {
  writer.tag(field, WIRE_BYTES);
  writer.varint(to - from);
  writer.rawPart(record.bytes, record.offset + from, record.offset + to);
}

/** A time of the record in wall-clock nanoseconds: a sum of two words each. */
function writeTime(
  writer: ProtoWriter,
  field: number,
  record: SpanRecord,
  at: number,
  origin: ClockOrigin,
): void {
  const from = record.offset + at;
  const low = record.view.getUint32(from, true) + origin.low;
  const carry = low >= TWO_32 ? 1 : 0;
  writer.tag(field, WIRE_FIXED64);
  writer.fixed64(record.view.getUint32(from + 4, true) + origin.high + carry, low - carry * TWO_32);
}
