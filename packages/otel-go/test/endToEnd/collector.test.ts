// SPDX-License-Identifier: Apache-2.0
// The tracer, a real OpenTelemetry Collector, and what comes out behind it: read by the official Go
// types, field by field what was sent.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// tidy-allow(import-direction): a receiver for tests, kept once
import { StandInCollector } from '../../../otel-profile/test/endToEnd/standInCollector.ts';
// tidy-allow(import-direction): the official types are built for tests only
import { decodeOfficially, officialTypes } from '../../../otlp/test/support/officialTypes.ts';
// tidy-allow(import-direction): starting a Collector is for tests only
import * as realCollector from '../../../otlp/test/support/realCollector.ts';
import { ask, buildShop, TestBench, until, whyNot } from './tracing.ts';

const PROTOBUF = 'application/x-protobuf';
/** Of one request through both services; each service is traced from a moment of its own on. */
const NAMES = ['GET /buy/{item}', 'GET', 'GET /stock/{item}', 'SELECT stock'];

interface Value {
  readonly stringValue?: string;
  readonly intValue?: string;
}
interface Traces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: Value }[] };
    readonly schemaUrl?: string;
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string; readonly version?: string };
      readonly schemaUrl?: string;
      readonly spans: readonly { readonly spanId: string; readonly name: string }[];
    }[];
  }[];
}

describe('endToEnd/collector', function () {
  this.timeout(180_000);
  let folder: string;
  let shop: string;
  let types: string;
  let collector: ChildProcess | undefined;
  let ports: readonly number[];
  let sink: StandInCollector;
  let recorder: StandInCollector;
  let bench: TestBench;

  before(async function () {
    const why = whyNot();
    if (why !== undefined) console.log(`skip: ${why}`);
    const isThere = why === undefined && realCollector.isCollectorThere();
    const built = isThere ? officialTypes() : undefined;
    if (built === undefined) this.skip();
    types = built;
    folder = mkdtempSync(join(tmpdir(), 'otel-go-collector-'));
    shop = buildShop(join(folder, 'shop'));
    sink = new StandInCollector();
    await sink.start();
    [collector, ports] = await realCollector.startCollector(folder, 2, configuration);
    recorder = new StandInCollector();
    recorder.answer = async (response, { url, bytes }) => {
      const headers = { 'content-type': PROTOBUF };
      const answer = await fetch(`http://127.0.0.1:${ports[0]}${url}`, {
        method: 'POST',
        headers,
        body: bytes,
      });
      response.writeHead(answer.status, headers);
      response.end(Buffer.from(await answer.arrayBuffer()));
      return answer.ok;
    };
    await recorder.start();
  });
  beforeEach(() => {
    sink.taken.length = recorder.taken.length = 0;
    bench = new TestBench();
  });
  afterEach(async () => {
    await bench.end();
  });
  after(async () => {
    if (collector !== undefined) await realCollector.endCollector(collector);
    await recorder?.goAway();
    await sink?.goAway();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** Without a queue of its own, what the Collector accepts has reached the sink. */
  function configuration([http, grpc]: readonly number[]): string {
    return `
receivers:
  otlp:
    protocols: { http: { endpoint: "127.0.0.1:${http}" }, grpc: { endpoint: "127.0.0.1:${grpc}" } }
exporters:
  otlphttp: { endpoint: "http://${sink.address}", sending_queue: { enabled: false } }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { traces: { receivers: [otlp], exporters: [otlphttp] } }
`;
  }

  const read = (bytes: Buffer): Traces => decodeOfficially(types, 'traces', bytes) as Traces;

  /** Every span with all that stands around it, by its ID. */
  function spansOf(where: StandInCollector): Map<string, unknown> {
    const found = new Map<string, unknown>();
    // The Collector writes an unset status as an empty one.
    for (const { bytes } of where.taken)
      for (const { resource, schemaUrl, scopeSpans } of read(bytes).resourceSpans)
        for (const { scope, schemaUrl: ofScope, spans } of scopeSpans)
          for (const span of spans)
            found.set(span.spanId, {
              ...{ resource, schemaUrl, scope, ofScope },
              span: { status: {}, ...span },
            });
    return found;
  }

  const namesIn = (where: StandInCollector): string[] =>
    where.taken.flatMap(({ bytes }) =>
      read(bytes).resourceSpans.flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)),
      ),
    );

  /** Requests until the sink has each kind of span, and then the end of everything. */
  async function trace(env: Readonly<Record<string, string>>): Promise<void> {
    await bench.listen();
    const stock = await bench.serve(shop, (address) => ['stock', address]);
    const front = await bench.serve(shop, (address) => ['front', address, stock.url]);
    const pids = [stock.child, front.child].flatMap(({ pid }) => ['--pid', String(pid)]);
    const { child, notes } = bench.attach([...pids, '--header', 'X-Tenant'], env);
    await until(async () => {
      await ask(`${front.url}/buy/bread?tenant=1`);
      const names = namesIn(sink);
      return NAMES.every((name) => names.includes(name));
    }, notes);
    child.kill('SIGTERM');
    await once(child, 'exit');
  }

  it('hands on unchanged what comes over HTTP', async () => {
    await trace({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${recorder.address}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    });
    const sent = spansOf(recorder);
    assert.ok(sent.size >= 4);
    assert.deepEqual(spansOf(sink), sent);
  });

  it('takes what comes over gRPC, with everything in its place', async () => {
    await trace({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports[1]}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    });
    const requests = sink.taken.flatMap(({ bytes }) => read(bytes).resourceSpans);
    const [first] = requests; // trace() has waited for all the names.
    const attributes = new Map(first!.resource.attributes.map(({ key, value }) => [key, value]));
    assert.deepEqual(attributes.get('service.name'), { stringValue: 'shop' });
    assert.deepEqual(attributes.get('telemetry.sdk.language'), { stringValue: 'go' });
    assert.ok(Number(attributes.get('process.pid')?.intValue) > 0);
    const scopes = requests.flatMap(({ scopeSpans }) => scopeSpans.map(({ scope }) => scope.name));
    assert.ok(
      scopes.every((name) => name !== ''),
      scopes.join(),
    );
  });
});
