// SPDX-License-Identifier: Apache-2.0
// Which gRPC status means what to an OTLP exporter (opentelemetry.io/docs/specs/otlp, "Failures",
// and gRPC's "HTTP to gRPC Status Code Mapping").

const NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

const RETRYABLE: ReadonlySet<string> = new Set([
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

/** `UNAVAILABLE` for 14; unknown numbers are UNKNOWN, as gRPC wants it. */
export function grpcStatusName(code: number): string {
  return NAMES[code] ?? 'UNKNOWN';
}

/** RESOURCE_EXHAUSTED may be sent again only when the server says when. */
export function isRetryableGrpcStatus(name: string, hasRetryInfo: boolean): boolean {
  return RETRYABLE.has(name) || (name === 'RESOURCE_EXHAUSTED' && hasRetryInfo);
}

/** What an answer without grpc-status means, by its HTTP status. */
export function grpcStatusOfHttp(httpStatus: number): string {
  if (httpStatus === 400) return 'INTERNAL';
  if (httpStatus === 401) return 'UNAUTHENTICATED';
  if (httpStatus === 403) return 'PERMISSION_DENIED';
  if (httpStatus === 404) return 'UNIMPLEMENTED';
  return [429, 502, 503, 504].includes(httpStatus) ? 'UNAVAILABLE' : 'UNKNOWN';
}
