// SPDX-License-Identifier: Apache-2.0
// Where the agents send: a real Collector that passes on what it got as JSON, where one was built
// (packages/dev/bin/buildCollector.mjs), else a receiver of OTLP/HTTP of our own.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type ReceivedSpan, spansOfJson, spansOfProtobuf } from './protobuf.ts';

const READY_MS = 30_000;
const COLLECTOR = fileURLToPath(new URL('../../../../.toolchain/otelcol/otelcol', import.meta.url));

export interface Receiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT with http/protobuf. */
  readonly endpoint: string;
  readonly kind: 'Collector' | 'own receiver';
  /** Waits for a span that fits. */
  waitFor(fits: (span: ReceivedSpan) => boolean, timeoutMs: number): Promise<ReceivedSpan>;
  stop(): Promise<void>;
}

export async function startReceiver(directory: string): Promise<Receiver> {
  const spans: ReceivedSpan[] = [];
  const sink = await startSink(spans);
  const sinkUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const collector = existsSync(COLLECTOR) ? await startCollector(directory, sinkUrl) : undefined;
  return {
    endpoint: collector?.endpoint ?? sinkUrl,
    kind: collector === undefined ? 'own receiver' : 'Collector',
    waitFor: (fits, timeoutMs) => waitFor(spans, fits, timeoutMs),
    stop: async () => {
      collector?.process.kill('SIGKILL');
      sink.closeAllConnections();
      await new Promise((resolve) => sink.close(resolve));
    },
  };
}

async function startSink(spans: ReceivedSpan[]): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      const isJson = `${request.headers['content-type']}`.includes('json');
      if (request.url === '/v1/traces') {
        spans.push(...(isJson ? spansOfJson(body.toString('utf8')) : spansOfProtobuf(body)));
      }
      const type = isJson ? 'application/json' : 'application/x-protobuf';
      response.writeHead(200, { 'content-type': type });
      response.end(isJson ? '{}' : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function startCollector(directory: string, sinkUrl: string) {
  const port = await freePort();
  const config = join(directory, 'collector.yaml');
  writeFileSync(config, collectorConfig(port, sinkUrl));
  const child = spawn(COLLECTOR, ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    await saysReady(child);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return { endpoint: `http://127.0.0.1:${port}`, process: child };
}

function collectorConfig(port: number, sinkUrl: string): string {
  return `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${port}" } } } }
exporters: { otlphttp: { endpoint: "${sinkUrl}", encoding: json, compression: none } }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { traces: { receivers: [otlp], exporters: [otlphttp] } }
`;
}

function saysReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (said.includes('Everything is ready')) resolve();
    });
    setTimeout(() => reject(new Error(`not ready: ${said}`)), READY_MS).unref();
    child.once('exit', (code) => reject(new Error(`the Collector ended with ${code}: ${said}`)));
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function waitFor(
  spans: readonly ReceivedSpan[],
  fits: (span: ReceivedSpan) => boolean,
  timeoutMs: number,
): Promise<ReceivedSpan> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; ) {
    const found = spans.find(fits);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no such span; there were ${JSON.stringify(spans)}`);
}
