// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { TestExporter, targetAt } from '../support/exporting.ts';
import { officialTypes } from '../support/officialTypes.ts';

const CLOSE_MS = 20_000;

describe('export: HTTP with TLS', () => {
  let folder = '';
  let server: Server | undefined;
  let exporter: TestExporter | undefined;
  let requests: string[];

  before(function () {
    const program = officialTypes();
    if (program === undefined) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'otelkit-otlp-https-'));
    execFileSync(program, ['certs', folder]);
  });
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    requests = [];
  });
  afterEach(async () => {
    await exporter?.close(0);
    server?.closeAllConnections();
    if (server !== undefined) await new Promise((resolve) => server!.close(resolve));
    server = undefined;
    exporter = undefined;
  });

  const pem = (name: string): string => join(folder, name);

  async function start(more: ServerOptions = {}): Promise<number> {
    const pair = { cert: readFileSync(pem('server.pem')), key: readFileSync(pem('server.key')) };
    server = createServer({ ...pair, ...more }, (request, response) => {
      requests.push((request.socket as TLSSocket).getProtocol() ?? '');
      request.resume().once('end', () => response.end());
    });
    server.keepAliveTimeout = 120_000;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  function open(port: number, tls: object, host = '127.0.0.1'): TestExporter {
    const target = targetAt(port, { protocol: 'http/protobuf', isSecure: true, host, tls });
    exporter = new TestExporter(target);
    return exporter;
  }

  for (const host of ['127.0.0.1', 'localhost']) {
    it(`delivers to ${host} with an authority of its own, over one connection`, async () => {
      const port = await start();
      let connections = 0;
      server!.on('secureConnection', () => connections++);
      open(port, { caFile: pem('ca.pem') }, host);
      exporter!.sendSamples(3);
      exporter!.sendSamples(4);
      assert.equal((await exporter!.close(CLOSE_MS)).lostItems, 0);
      assert.equal(requests.length, 2);
      assert.equal(connections, 1);
    });
  }

  it('shows a client certificate where the collector asks for one', async () => {
    const ca = readFileSync(pem('ca.pem'));
    const port = await start({ ca, requestCert: true, rejectUnauthorized: true });
    const client = { clientCertificateFile: pem('client.pem'), clientKeyFile: pem('client.key') };
    open(port, { caFile: pem('ca.pem'), ...client }).sendSamples(3);
    assert.equal((await exporter!.close(CLOSE_MS)).lostItems, 0);
    assert.equal(requests.length, 1);
  });

  it('takes up a certificate file that was replaced', async () => {
    const port = await start();
    copyFileSync(pem('other.pem'), pem('trusted.pem'));
    open(port, { caFile: pem('trusted.pem') }).sendSamples(3);
    await exporter!.until((e) => e.statistics().failuresInARow > 0);
    assert.equal(requests.length, 0);
    rmSync(pem('trusted.pem'));
    copyFileSync(pem('ca.pem'), pem('trusted.pem'));
    assert.equal((await exporter!.close(CLOSE_MS)).lostItems, 0);
  });

  it('sends nothing to a server that it cannot check, or that is older than TLS 1.2', async () => {
    const port = await start();
    open(port, {}).sendSamples(3);
    await exporter!.until((e) => e.statistics().failuresInARow > 0);
    assert.match(exporter!.statistics().lastError, /certificate|signed|verify/i);
    await exporter!.close(0);
    server!.closeAllConnections();
    await new Promise((resolve) => server!.close(resolve));
    const old = await start({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
    open(old, { caFile: pem('ca.pem') }).sendSamples(3);
    await exporter!.until((e) => e.statistics().failuresInARow > 0);
    assert.match(exporter!.statistics().lastError, /version|protocol|alert|reset|ended|hang up/i);
    assert.equal(requests.length, 0);
  });
});
