// SPDX-License-Identifier: Apache-2.0
// A real OpenTelemetry Collector receives from us and passes on: what comes out behind it must be
// what went in.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type ProfileFrame, profilerKinds } from '../../src/profiles/frame.ts';
import { ProfileBatch } from '../../src/profiles/profileBatch.ts';
import { type ReadSample, readSamples } from '../support/decodedProfiles.ts';
import { TestExporter, targetAt } from '../support/exporting.ts';
import { decodeOfficially, officialTypes } from '../support/officialTypes.ts';
import { sampleOf, sourceOf } from '../support/sampleSource.ts';

const COLLECTOR = fileURLToPath(new URL('../../../../.toolchain/otelcol/otelcol', import.meta.url));
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
    if (!existsSync(COLLECTOR))
      console.log('skip: no Collector, install with: node packages/dev/bin/buildCollector.mjs');
    if (built === undefined || !existsSync(COLLECTOR)) this.skip();
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
    [collector, ports] = await startCollector(folder, (sink.address() as AddressInfo).port);
  });
  after(async () => {
    if (collector !== undefined) await kill(collector);
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

/** A sample without indices, which a collector may number anew. */
function comparable(sample: ReadSample): object {
  const { profile, ...rest } = sample;
  const { timeUnixNano, durationNano, period } = profile;
  return { ...rest, timeUnixNano, durationNano, period };
}

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

async function startCollector(
  folder: string,
  sinkPort: number,
): Promise<[ChildProcess, { grpc: number; http: number }]> {
  // The Collector cannot tell which port it took, so free ones are looked for, anew when lost.
  for (let attempt = 1; ; attempt++) {
    const [grpc, http] = await Promise.all([freePort(), freePort()]);
    const config = join(folder, 'collector.yaml');
    writeFileSync(config, configuration(grpc, http, sinkPort));
    const argv = ['--config', config, '--feature-gates=service.profilesSupport'];
    const child = spawn(COLLECTOR, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
    const log = await readyOrEnded(child);
    if (log === undefined) return [child, { grpc, http }];
    await kill(child);
    if (attempt === 5 || !log.includes('address already in use'))
      throw new Error(`the Collector did not start:\n${log}`);
  }
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

/** Undefined when it is ready, else what it said before it ended. */
function readyOrEnded(child: ChildProcess): Promise<string | undefined> {
  const log: string[] = [];
  return new Promise((resolve) => {
    createInterface({ input: child.stderr! }).on('line', (line) => {
      log.push(line);
      if (line.includes('Everything is ready')) resolve(undefined);
    });
    child.once('close', () => resolve(log.join('\n')));
  });
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
