// SPDX-License-Identifier: Apache-2.0
// gRPC spans (semantic conventions, rpc/grpc, release candidate: rpc.system.name, whole methods).
import { type SpanRecord, SpanText } from '@otelkit/bpf-client';
import { parseAddressBytes, parseGrpcTarget, parseHostPort } from './address.ts';
import { type Attribute, setText } from './attributes.ts';
import {
  type Described,
  described,
  fail,
  failByError,
  type ProcessNames,
  SPAN_KIND,
} from './span.ts';

/** Codes by number (gRPC core, status codes). */
const CODES: readonly string[] = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND'],
  ...['ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION'],
  ...['ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS'],
  'UNAUTHENTICATED',
];
/** For a server these are faults of its own; the others the client's (rpc/grpc). */
const SERVER_FAULTS: ReadonlySet<string> = new Set([
  ...['UNKNOWN', 'DEADLINE_EXCEEDED', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS'],
]);

export function grpcServer(record: SpanRecord, names: ProcessNames): Described {
  const span = described('google.golang.org/grpc', SPAN_KIND.SERVER);
  setCall(span, record);
  const server = parseHostPort(
    record.text(SpanText.grpcTarget) || record.text(SpanText.localAddress),
  );
  setAddress(span.attributes, 'server', server);
  const peer = peerOf(record);
  setAddress(span.attributes, 'client', peer);
  setAddress(span.attributes, 'network.peer', peer);
  const code = setCode(span, record);
  if (failByPanicOrCode(span, record, names, code, SERVER_FAULTS.has(code))) return span;
  return span;
}

export function grpcClient(record: SpanRecord, names: ProcessNames): Described {
  const span = described('google.golang.org/grpc', SPAN_KIND.CLIENT);
  setCall(span, record);
  setAddress(span.attributes, 'server', parseGrpcTarget(record.text(SpanText.grpcTarget)));
  setAddress(span.attributes, 'network.peer', peerOf(record));
  const code = setCode(span, record);
  const isFault = code !== '' && code !== 'OK';
  failByPanicOrCode(span, record, names, code, isFault);
  return span;
}

function setCall(span: Described, record: SpanRecord): void {
  const method = record.text(SpanText.grpcMethod).replace(/^\//, '');
  span.attributes.push(['rpc.system.name', 'grpc']);
  setText(span.attributes, 'rpc.method', method);
  span.name = method === '' ? 'grpc' : method;
}

function peerOf(record: SpanRecord): ReturnType<typeof parseHostPort> {
  return record.hasText(SpanText.peerBytes)
    ? parseAddressBytes(record.textBytes(SpanText.peerBytes))
    : parseHostPort(record.text(SpanText.peer));
}

/** @returns '' where the code is not known */
function setCode({ attributes }: Described, { status }: SpanRecord): string {
  if (status < 0) return '';
  // Programs may return numbers of their own.
  const code = CODES[status] ?? String(status);
  attributes.push(['rpc.response.status_code', code]);
  return code;
}

function failByPanicOrCode(
  ...[span, record, names, code, isFault]: [Described, SpanRecord, ProcessNames, string, boolean]
): boolean {
  if (isFault) {
    fail(span, code, record.text(SpanText.statusMessage));
    return true;
  }
  return code === '' && failByError(span, record, names);
}

function setAddress(
  attributes: Attribute[],
  prefix: 'server' | 'client' | 'network.peer',
  address: ReturnType<typeof parseHostPort>,
): void {
  if (address === undefined || address.host === '') return;
  attributes.push([`${prefix}.address`, address.host]);
  if (address.port !== undefined) attributes.push([`${prefix}.port`, address.port]);
}
