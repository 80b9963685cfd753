// SPDX-License-Identifier: Apache-2.0
// What a span of a Go program costs from BPF's record to the bytes of an OTLP request: read, put into
// the words of the conventions, counted in a histogram, written. See docs/go-attach.md.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';
import { printTable, ROOT } from './lib/measure.mjs';

register();
const load = (path) => import(pathToFileURL(join(ROOT, 'packages', path)).href);
const { forEachSpan, SpanText } = await load('bpf-client/src/protocol/spanRecords.ts');
const { spanBytes } = await load('otel-go/test/support/spanBytes.ts');
const { DEFAULT_DESCRIBE, describe } = await load('otel-go/src/semconv/describe.ts');
const { clockOrigin, TraceRequest } = await load('otel-go/src/export/traceRequest.ts');
const { Durations } = await load('otel-go/src/metrics/durations.ts');

const ROUNDS = 40;
const BATCH = 4_096;
/** What has to be kept up with, of one core. */
const SPANS_A_SECOND = 20_000;

const RESOURCE = { 'service.name': 'shop', 'process.pid': 4242, 'host.name': 'node-1' };
const NAMES = { errorType: () => undefined, databaseSystem: () => 'postgresql' };
const TEXTS = {
  [SpanText.method]: 'GET',
  [SpanText.path]: '/user/4711',
  [SpanText.host]: '127.0.0.1:8080',
  [SpanText.peer]: '127.0.0.1:51234',
  [SpanText.userAgent]: 'Go-http-client/1.1',
};
const KINDS = [
  [
    'HTTP server',
    { kind: 1, status: 200, texts: { ...TEXTS, [SpanText.route]: 'GET /user/{id}' } },
  ],
  ['HTTP client', { kind: 2, status: 200, texts: TEXTS }],
  ['gRPC server', { kind: 3, status: 0, texts: { [SpanText.grpcMethod]: '/shop.v1.Price/Get' } }],
  ['SQL', { kind: 5, texts: { [SpanText.sql]: 'SELECT name FROM items WHERE id = ?' } }],
];

const rows = [];
for (const [name, facts] of KINDS) {
  const payload = Buffer.concat(Array.from({ length: BATCH }, () => spanBytes(facts)));
  const durations = new Durations();
  const request = new TraceRequest();
  const origin = clockOrigin(1_795_262_983_000_000_000n);
  let bytes = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    forEachSpan(payload, (record) => {
      const span = describe(record, NAMES, DEFAULT_DESCRIBE);
      durations.record(RESOURCE, record.kind, span, record.durationNs);
      request.add(RESOURCE, span, record, origin);
    });
    bytes = request.take().bytes.length;
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / BATCH);
  }
  const share = `${((best * SPANS_A_SECOND) / 10_000).toFixed(1)} %`;
  rows.push([name, best.toFixed(2), (bytes / BATCH).toFixed(0), share]);
}
printTable('Spans of Go programs', [
  ['span', 'CPU µs each', 'bytes each', `of a core at ${SPANS_A_SECOND}/s`],
  ...rows,
]);
