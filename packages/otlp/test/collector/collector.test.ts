// SPDX-License-Identifier: Apache-2.0
// A real OpenTelemetry Collector receives from us and passes on: what comes out behind it must be
// what went in.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type ProfileFrame, profilerKinds } from '../../src/profiles/frame.ts';
import { ProfileBatch } from '../../src/profiles/profileBatch.ts';
import { comparable, readSamples } from '../support/decodedProfiles.ts';
import { TestExporter, targetAt } from '../support/exporting.ts';
import { decodeOfficially, officialTypes } from '../support/officialTypes.ts';
import { endCollector, isCollectorThere, startCollector } from '../support/realCollector.ts';
import { sampleOf, sourceOf } from '../support/sampleSource.ts';

const CLOSE_MS = 60_000;

describe('a real Collector', () => {
  let program = '';
  let folder = '';
  let sink: Server;
  let collector: ChildProcess | undefined;
  let ports: { grpc: number; http: number };
  let received: Buffer[];
  let exporter: TestExporter | undefined;

  before(async function () {
    const built = officialTypes();
    if (!isCollectorThere() || built === undefined) this.skip();
    program = built;
    folder = mkdtempSync(join(tmpdir(), 'otelkit-otlp-collector-'));
    sink = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        received.push(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
        response.setHeader('content-type', 'application/x-protobuf').end();
      });
    });
    sink.listen(0, '127.0.0.1');
    await once(sink, 'listening');
    const { port: sinkPort } = sink.address() as AddressInfo;
    const [started, [grpc, http]] = await startCollector(folder, 2, ([grpcPort, httpPort]) =>
      configuration(grpcPort!, httpPort!, sinkPort),
    );
    [collector, ports] = [started, { grpc: grpc!, http: http! }];
  });
  after(async () => {
    if (collector !== undefined) await endCollector(collector);
    sink?.closeAllConnections();
    sink?.close();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    received = [];
  });
  afterEach(() => exporter?.close(0));

  for (const protocol of ['grpc', 'http/protobuf'] as const) {
    for (const compression of ['gzip', 'none'] as const) {
      it(`passes on unchanged what came over ${protocol} with ${compression}`, async () => {
        const request = varied().encode()[0]!;
        const port = protocol === 'grpc' ? ports.grpc : ports.http;
        exporter = new TestExporter(targetAt(port, { protocol }), { compression });
        exporter.send('profiles', request.bytes, request.sampleCount);
        const { lostItems } = await exporter.close(CLOSE_MS);
        assert.deepEqual([lostItems, exporter.statistics().rejectedItems], [0, 0]);
        while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        const wanted = readSamples(decodeOfficially(program, 'profiles', request.bytes));
        const got = readSamples(decodeOfficially(program, 'profiles', received[0]!));
        assert.equal(received.length, 1);
        assert.deepEqual(got.map(comparable), wanted.map(comparable));
      });
    }
  }
});

/** Every kind of frame, sample and attribute. */
function varied(): ProfileBatch {
  const mapping = {
    fileName: '/usr/lib/libc.so.6',
    buildIdGnu: '8f2a',
    memoryStart: 4_096,
    memoryLimit: 8_192,
  };
  const frames: ProfileFrame[] = [
    { kind: 'kernel', address: 0xffff_ffff_8100_0010n, functionName: 'do_syscall_64' },
    { kind: 'native', mapping, address: 5_000, functionName: 'inner', inlined: true },
    { kind: 'native', mapping, address: 5_000, functionName: 'outer', fileName: 'a.c', line: 3 },
    { kind: 'go', functionName: 'main.main', fileName: 'main.go', line: 9, column: 2 },
  ];
  const batch = new ProfileBatch({
    source: sourceOf({
      frames,
      stacks: [[], [0, 1, 2, 3], [3]],
      resources: [
        { 'process.pid': 42, 'service.name': 'shop', tags: ['a', 'b'] },
        { 'process.pid': 43, ok: true },
      ],
      names: ['', 'worker-ü'],
      labels: [{}, { 'http.route': '/a', n: 3 }],
      links: [
        { traceId: new Uint8Array(16), spanId: new Uint8Array(8) },
        { traceId: new Uint8Array(16).fill(1), spanId: new Uint8Array(8).fill(2) },
      ],
    }),
    kinds: profilerKinds(97),
    scope: { name: 'otel-profile', version: '0.1.0' },
    timeOriginNs: 1_795_262_983_935_130_561n,
  });
  for (let i = 0; i < 500; i++) {
    const isOff = i % 10 === 0;
    const links = i % 3 === 0 ? 1 : 0;
    const ids = {
      resourceId: i % 2,
      stackId: i % 3,
      labelsId: i % 2,
      linkId: links,
      nameId: i % 2,
    };
    const value = isOff ? 1_000_000 + i : 1;
    batch.add(sampleOf({ kind: isOff ? 1 : 0, timeNs: i * 1e7, value, cpu: i % 4, ...ids }));
  }
  return batch;
}

function configuration(grpc: number, http: number, sinkPort: number): string {
  const endpoint = (port: number): string => `{ endpoint: "127.0.0.1:${port}" }`;
  return `
receivers: { otlp: { protocols: { grpc: ${endpoint(grpc)}, http: ${endpoint(http)} } } }
exporters: { otlphttp: { endpoint: "http://127.0.0.1:${sinkPort}" } }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { profiles: { receivers: [otlp], exporters: [otlphttp] } }
`;
}
