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
const { spanBytes } = await load('bpf-client/test/support/spanBytes.ts');
const { DEFAULT_DESCRIBE } = await load('otel-go/src/semconv/describe.ts');
const { OtlpSpans } = await load('otel-go/src/export/otlpSpans.ts');
const { SpanPipeline } = await load('otel-go/src/spans/pipeline.ts');
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
  // Few: one path over eight connections. Else paths and peers differ; where all is new, so does the
  // host: no span is as an earlier one.
  for (const [of, different, isNew] of [
    [', few', 8, false],
    ['', BATCH, false],
    [', all new', BATCH, true],
  ]) {
    const records = Array.from({ length: BATCH }, (_, at) => {
      const i = at % different;
      const texts = { ...facts.texts };
      if (SpanText.path in texts) texts[SpanText.path] = `/user/${different === BATCH ? i : 1}`;
      if (SpanText.peer in texts) texts[SpanText.peer] = `127.0.0.1:${1_024 + i}`;
      for (const id of [SpanText.host, SpanText.grpcMethod, SpanText.sql]) {
        if (isNew && id in texts) texts[id] += `${i}`;
      }
      return spanBytes({ ...facts, texts });
    });
    rows.push([`${name}${of}`, ...measure(Buffer.concat(records))]);
  }
}
printTable('Spans of Go programs', [
  ['span', 'CPU µs each', 'bytes each', `of a core at ${SPANS_A_SECOND}/s`],
  ...rows,
]);

function measure(payload) {
  let bytes = 0;
  const exporter = {
    send: (_, request) => {
      bytes += request.length;
    },
    statistics: () => ({ queuedItems: 0 }),
  };
  const process_ = { ...NAMES, resource: RESOURCE };
  const spans = new OtlpSpans(exporter, { delayMs: 60_000, batchSpans: 2_048, queueSpans: 65_536 });
  const pipeline = new SpanPipeline({
    processOf: () => process_,
    settings: DEFAULT_DESCRIBE,
    spans,
    durations: new Durations(),
  });
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    bytes = 0;
    const before = process.cpuUsage();
    forEachSpan(payload, pipeline.take);
    spans.flush();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / BATCH);
  }
  const share = `${((best * SPANS_A_SECOND) / 10_000).toFixed(1)} %`;
  return [best.toFixed(2), (bytes / BATCH).toFixed(0), share];
}
