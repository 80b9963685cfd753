// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { forEachSpan, SpanRecordFlag, SpanRecordKind, SpanText } from '@otelkit/bpf-client';
import { decodeMessage, OTLP_EXPORT_TRACE_SERVICE_REQUEST, type OtlpExporter } from '@otelkit/otlp';
import fc from 'fast-check';
// tidy-allow(import-direction): a writer of records for tests, kept once
import { type SpanFacts, spanBytes } from '../../../bpf-client/test/support/spanBytes.ts';
import { OtlpSpans } from '../../src/export/otlpSpans.ts';
import { Durations } from '../../src/metrics/durations.ts';
import { DEFAULT_DESCRIBE } from '../../src/semconv/describe.ts';
import { SpanPipeline } from '../../src/spans/pipeline.ts';
import type { TracedProcess } from '../../src/spans/tracedProcess.ts';

const PROCESS = {
  pid: 1,
  resource: { 'service.name': 'shop' },
  errorType: (itab: bigint) => (itab === 7n ? '*net.OpError' : undefined),
  databaseSystem: () => 'postgresql',
} as unknown as TracedProcess;
const BATCH = { delayMs: 60_000, batchSpans: 100_000, queueSpans: 100_000 };

/** What records become, as a collector reads it; attributes sorted, with what was counted. */
function exported(records: readonly Buffer[], isShaped: boolean): unknown {
  const requests: Buffer[] = [];
  const exporter = {
    send: (_: string, bytes: Buffer) => void requests.push(bytes),
    statistics: () => ({ queuedItems: 0 }),
  } as unknown as OtlpExporter;
  const sink = new OtlpSpans(exporter, BATCH);
  const add = sink.add.bind(sink);
  const spans = isShaped ? sink : { add, flush: () => {}, close: async () => 0 };
  const durations = new Durations();
  const pipeline = new SpanPipeline({
    processOf: () => PROCESS,
    settings: DEFAULT_DESCRIBE,
    spans,
    durations,
  });
  forEachSpan(Buffer.concat(records), pipeline.take);
  sink.flush();
  const found = requests.flatMap((bytes) =>
    decodeMessage(OTLP_EXPORT_TRACE_SERVICE_REQUEST, bytes).resourceSpans.flatMap((resource) =>
      resource.scopeSpans.flatMap(({ scope, spans: all }) =>
        all.map(({ attributes, startTimeUnixNano, endTimeUnixNano, ...span }) => ({
          ...span,
          scope: scope?.name,
          // The wall clock is asked for each exporter.
          durationNs: endTimeUnixNano - startTimeUnixNano,
          attributes: attributes.map((one) => text(one)).sort(),
        })),
      ),
    ),
  );
  const series = durations.processes.flatMap(({ metrics }) =>
    [...metrics.values()].flatMap((all) => [...all.values()]),
  );
  return {
    counts: pipeline.counts,
    found: found.map(text).sort(),
    series: series.map(text).sort(),
  };
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one));

const KINDS = Object.values(SpanRecordKind).filter((kind) => kind !== SpanRecordKind.manual);
const TEXTS = Object.values(SpanText).filter(
  (id) => id !== SpanText.spanData && id !== SpanText.peerBytes,
);
/** Few of each, so that records share words; some that nothing but `describe` can put. */
const word = fc.constantFrom(
  ...['GET', '/a', '/user/1', 'host.example:8080', '127.0.0.1:5123', '[::1]:80', '::1', 'q=1'],
  ...['sig=secret&b=2', 'größe', 'for=_x, 1.2.3.4', '10.0.0.1, 10.0.0.2', 'x:0', 'x:99999', ':1'],
  ...['SELECT a FROM b', '/pkg.Service/Call', 'x'.repeat(130), 'dns:///price:80', '[::1', 'a:b:1'],
);
const peers = [
  ['7f000001', 80],
  ['0a0000ff', 65_535],
  ['00000000000000000000ffff01020304', 1],
  ['0102', 3],
] as const;
const peerBytes = fc.constantFrom(...peers).map(([address, port]) => {
  const tail = Buffer.from([port & 255, port >> 8]);
  return Buffer.concat([Buffer.from(address, 'hex'), tail]).toString('latin1');
});
const facts: fc.Arbitrary<SpanFacts> = fc.record({
  kind: fc.constantFrom(...KINDS),
  flags: fc.constantFrom(
    SpanRecordFlag.sampled,
    0,
    SpanRecordFlag.sampled | SpanRecordFlag.error,
    SpanRecordFlag.sampled | SpanRecordFlag.remoteParent | SpanRecordFlag.panic,
  ),
  status: fc.constantFrom(-1, 0, 5, 200, 404, 500),
  detail: fc.constantFrom(0, 1, 2, 4),
  errorType: fc.constantFrom(0n, 7n, 8n),
  typeA: fc.constantFrom(0n, 5_432n),
  requestBytes: fc.constantFrom(-1n, 5n),
  endNs: fc.constantFrom(1_002_000_000n, 1_900_000_000n),
  texts: fc
    .tuple(
      fc.dictionary(fc.constantFrom(...TEXTS.map(String)), word, { maxKeys: 6 }),
      fc.option(peerBytes, { nil: undefined }),
    )
    .map(([some, peer]) => ({
      ...some,
      ...(peer !== undefined && { [SpanText.peerBytes]: peer }),
    })),
});

describe('shapes/spanShapes', () => {
  it('tells spans in the words of earlier ones exactly as they are described', () => {
    const others = fc.dictionary(fc.constantFrom('2', '3', '5', '8', '9', '14', '20'), word);
    fc.assert(
      fc.property(facts, fc.array(others, { maxLength: 4 }), (one, changes) => {
        const again = changes.map((texts) => ({ ...one, texts: { ...one.texts, ...texts } }));
        const records = [one, one, one, ...again, ...again, one].map((f) => spanBytes(f));
        assert.deepEqual(exported(records, true), exported(records, false));
      }),
      { numRuns: 150 },
    );
  });

  it('writes a cut text as one', () => {
    const cut = { kept: '/aaa', fullBytes: 5_000 };
    const one = { kind: SpanRecordKind.httpServer, texts: { [SpanText.path]: '/a' } };
    const long = { ...one, texts: { [SpanText.path]: cut } };
    const records = [one, one, one, long, long, one].map((f) => spanBytes(f));
    assert.deepEqual(exported(records, true), exported(records, false));
  });

  it('writes spans again that differ in their own fields only', () => {
    const texts = { [SpanText.path]: '/abc', [SpanText.peer]: '127.0.0.1:5123' };
    const one = { kind: SpanRecordKind.httpServer, status: 200, texts };
    const below = {
      parentId: 'b7ad6b7169203331',
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
    };
    const state = { ...texts, [SpanText.traceState]: 'a=1' };
    const others: SpanFacts[] = [
      { ...one, ...below, endNs: 1_500_000_000n, flags: 3, traceFlags: 3 },
      { ...one, ...below, texts: state },
      { ...one, texts: { ...state, [SpanText.traceState]: 'b=2' } },
      { ...one, texts: { ...texts, [SpanText.path]: '/abd' } },
      { ...one, status: 500 },
      { ...one, flags: 0 },
    ];
    const facts = [one, one, one, one, ...others, ...others, ...others, ...others, one];
    // What stands behind a text's end is anything.
    const records = facts.map((f, i) => {
      const bytes = spanBytes(f);
      bytes.fill(i, 128 + 8 + 4, 128 + 8 + 8);
      return bytes;
    });
    assert.deepEqual(exported(records, true), exported(records, false));
  });

  it('keeps the words of one process from another that has its number', () => {
    const shop = { ...PROCESS, resource: { 'service.name': 'shop' } };
    const stock = { ...PROCESS, resource: { 'service.name': 'stock' } };
    const names: unknown[] = [];
    const exporter = {
      send: (_: string, bytes: Buffer) => {
        const { resourceSpans } = decodeMessage(OTLP_EXPORT_TRACE_SERVICE_REQUEST, bytes);
        for (const { resource, scopeSpans } of resourceSpans)
          names.push([resource?.attributes[0]?.value?.stringValue, scopeSpans[0]!.spans.length]);
      },
      statistics: () => ({ queuedItems: 0 }),
    } as unknown as OtlpExporter;
    const spans = new OtlpSpans(exporter, BATCH);
    let process = shop;
    const pipeline = new SpanPipeline({
      processOf: () => process as unknown as TracedProcess,
      settings: DEFAULT_DESCRIBE,
      spans,
      durations: undefined,
    });
    const record = spanBytes({ kind: SpanRecordKind.httpServer, texts: { [SpanText.path]: '/a' } });
    for (const next of [shop, shop, shop, stock, stock, shop]) {
      process = next;
      forEachSpan(record, pipeline.take);
    }
    spans.flush();
    assert.deepEqual(names, [
      ['shop', 4],
      ['stock', 2],
    ]);
  });
});
