// SPDX-License-Identifier: Apache-2.0
// The agent against a collector of a few lines, which is away, slow, or there.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { prepareChain, runTool, startTool, until, waitForExit } from './profiling.ts';

describe('endToEnd/agent', function () {
  this.timeout(120_000);
  let folder: string;
  let chain: string;
  const children: ChildProcess[] = [];
  const servers: Server[] = [];

  before(function () {
    ({ folder, chain } = prepareChain(this, 'agent'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  interface Received {
    readonly url: string;
    readonly authorization: string | undefined;
    readonly body: Buffer;
  }

  async function collector(): Promise<{ readonly port: number; readonly got: Received[] }> {
    const got: Received[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks);
        const isGzip = request.headers['content-encoding'] === 'gzip';
        const { authorization } = request.headers;
        got.push({ url: request.url ?? '', authorization, body: isGzip ? gunzipSync(raw) : raw });
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port, got };
  }

  function agent(args: readonly string[]): { readonly child: ChildProcess; talk: () => string } {
    const child = startTool(args);
    children.push(child);
    let talk = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      talk += chunk.toString();
    });
    return { child, talk: () => talk };
  }

  const http = ['--protocol', 'http/protobuf', '--spill-folder', 'off'];

  it('sends profiles with names, and everything at SIGTERM', async () => {
    const { port, got } = await collector();
    const flags = ['-samples-per-second=99', `-collection-agent=127.0.0.1:${port}`];
    const headers = ['--header', 'authorization=Bearer x', '--reporter-interval', '1h'];
    const { child, talk } = agent([...flags, ...http, ...headers, '-v']);
    await until(() => talk().includes('sampling at') || child.exitCode !== null);
    assert.equal(child.exitCode, null, talk());
    const busy = spawn(chain, ['1']);
    children.push(busy);
    await waitForExit(busy);
    child.kill('SIGTERM');
    assert.equal(await waitForExit(child), 0, talk());
    const last = Buffer.concat(got.map(({ body }) => body)).toString('latin1');
    assert.ok(last.includes('spin') && last.includes('process.executable.path'), talk());
    assert.ok(last.includes(chain));
    assert.ok(got.every(({ url }) => url === '/v1development/profiles'));
    assert.ok(got.every(({ authorization }) => authorization === 'Bearer x'));
  });

  it('keeps on disk what nobody took, and sends it at the next start', async () => {
    const spool = join(folder, 'spool');
    const { port, got } = await collector();
    // A port where nobody listens.
    const absent = createServer();
    await new Promise<void>((resolve) => absent.listen(0, '127.0.0.1', resolve));
    const nobody = (absent.address() as AddressInfo).port;
    await new Promise((resolve) => absent.close(resolve));
    const common = ['--protocol', 'http/protobuf', '--spill-folder', spool, '-v'];
    const first = agent([`--collection-agent=127.0.0.1:${nobody}`, ...common]);
    await until(() => first.talk().includes('collector: away') || first.child.exitCode !== null);
    first.child.kill('SIGTERM');
    assert.equal(await waitForExit(first.child), 0, first.talk());
    assert.ok(readdirSync(spool).length > 0, first.talk());
    const second = agent([
      `--collection-agent=127.0.0.1:${port}`,
      '--reporter-interval=1h',
      ...common,
    ]);
    await until(() => got.length > 0 || second.child.exitCode !== null);
    second.child.kill('SIGTERM');
    assert.equal(await waitForExit(second.child), 0, second.talk());
  });

  it('serves its own figures to Prometheus', async () => {
    const { port } = await collector();
    const listen = ['--metrics-listen', '127.0.0.1:0', '-v'];
    const { child, talk } = agent([`--collection-agent=127.0.0.1:${port}`, ...http, ...listen]);
    await until(() => /served at \S+\/metrics/.test(talk()) || child.exitCode !== null);
    const address = /served at (\S+)/.exec(talk())?.[1];
    const text = await (await fetch(`http://${address}`)).text();
    assert.match(text, /^otel_profile_samples_total \d+$/m);
    assert.match(text, /^otel_profile_dropped_total\{reason="ring_full"\} 0$/m);
    assert.match(text, /^otel_profile_memory_bytes \d+$/m);
    assert.equal((await fetch(`http://${address}`.replace('/metrics', '/'))).status, 404);
    child.kill('SIGINT');
    assert.equal(await waitForExit(child), 0, talk());
  });

  it('says that no collector is named, and what a bad setting is', () => {
    const none = runTool(['agent']);
    assert.equal(none.status, 2);
    assert.match(none.stderr, /no collector is named/);
    const path = join(folder, 'bad.yaml');
    writeFileSync(path, 'collection-agent: 127.0.0.1:1\nreporter-interval: soon\n');
    const bad = runTool(['--config', path]);
    assert.equal(bad.status, 2);
    assert.match(bad.stderr, /bad\.yaml: reporter-interval soon: expected a duration/);
  });
});
