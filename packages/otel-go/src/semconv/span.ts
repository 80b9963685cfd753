// SPDX-License-Identifier: Apache-2.0
// A span as exporters take it: plain data, no view of the record that it came from.
import { type SpanRecord, SpanRecordFlag, SpanText } from '@otelkit/bpf-client';
import { SPAN_KIND, STATUS_CODE } from '@otelkit/otlp';
import type { Attribute } from './attributes.ts';

/** Something that happened during a span. */
export interface SpanEvent {
  readonly name: string;
  /** Since the epoch. */
  readonly timeUnixNano: bigint;
  readonly attributes: readonly Attribute[];
}

/** What of a span depends on its library; the rest is the record's. */
export interface Described {
  name: string;
  kind: number;
  /** Library, for the scope's name. */
  library: string;
  attributes: Attribute[];
  statusCode: number;
  statusMessage: string;
  events?: readonly SpanEvent[];
}

/** What only the process of a span can tell. */
export interface ProcessNames {
  /** The type behind an error's itab, `*net.OpError`; undefined where it is not known. */
  readonly errorType: (itab: bigint) => string | undefined;
  /** db.system.name by a connector's or driver's itab. */
  readonly databaseSystem: (connector: bigint, driver: bigint) => string | undefined;
}

export function described(library: string, kind: number): Described {
  return {
    name: '',
    kind,
    library,
    attributes: [],
    statusCode: STATUS_CODE.UNSET,
    statusMessage: '',
  };
}

/** Marks it as failed; `error.type` is of few values (semantic conventions, recording errors). */
export function fail(span: Described, errorType: string, message = ''): void {
  span.attributes.push(['error.type', errorType]);
  span.statusCode = STATUS_CODE.ERROR;
  span.statusMessage = message;
}

/** A panic, or an error of which only its type is known. @returns whether there was one */
export function failByError(span: Described, record: SpanRecord, names: ProcessNames): boolean {
  if ((record.flags & SpanRecordFlag.panic) !== 0) {
    fail(span, 'panic', 'panic');
    return true;
  }
  if ((record.flags & SpanRecordFlag.error) === 0) return false;
  const type = names.errorType(record.errorType);
  fail(span, type ?? '_OTHER', record.text(SpanText.statusMessage));
  return true;
}

export { SPAN_KIND, STATUS_CODE };
