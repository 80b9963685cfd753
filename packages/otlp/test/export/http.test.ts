// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { retryAfterMs } from '../../src/export/httpTransport.ts';
import { pathOfSignal } from '../../src/export/transport.ts';
import { ProtoWriter } from '../../src/wire/protoWriter.ts';
import { requestOf, TestExporter, targetAt } from '../support/exporting.ts';
import { Gate } from '../support/gate.ts';

const CLOSE_MS = 20_000;

interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Answer = (response: ServerResponse, call: number) => void;

describe('export: HTTP', () => {
  let server: Server;
  let seen: Seen[];
  let answer: Answer;
  let exporter: TestExporter | undefined;

  beforeEach(async () => {
    seen = [];
    answer = (response) => void response.end();
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push({ path: request.url!, headers: request.headers, body: Buffer.concat(chunks) });
        answer(response, seen.length);
      });
    });
    server.keepAliveTimeout = 120_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await exporter?.close(0);
    exporter = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function start(options = {}): TestExporter {
    const { port } = server.address() as AddressInfo;
    exporter = new TestExporter(
      targetAt(port, { protocol: 'http/protobuf', headers: { 'api-key': 'abc' } }),
      options,
    );
    return exporter;
  }

  it('posts binary protobuf, gzipped, to the path of the signal, over one connection', async () => {
    let connections = 0;
    server.on('connection', () => connections++);
    start().sendSamples(3);
    exporter!.sendSamples(4);
    assert.equal((await exporter!.close(CLOSE_MS)).lostItems, 0);
    assert.equal(seen.length, 2);
    assert.equal(connections, 1);
    const { path, headers, body } = seen[0]!;
    assert.equal(path, '/v1development/profiles');
    assert.equal(headers['content-type'], 'application/x-protobuf');
    assert.equal(headers['content-encoding'], 'gzip');
    assert.equal(headers['api-key'], 'abc');
    assert.equal(headers['user-agent'], 'otelkit-test/1');
    assert.deepEqual(gunzipSync(body), requestOf(3).bytes);
  });

  it('posts each signal to its own path', async () => {
    start().send('metrics', Buffer.of(1), 1);
    exporter!.send('traces', Buffer.of(1), 1);
    await exporter!.close(CLOSE_MS);
    assert.deepEqual(
      seen.map(({ path }) => path),
      ['/v1/metrics', '/v1/traces'],
    );
    assert.equal(pathOfSignal('/in/v1development/profiles', 'metrics'), '/in/v1/metrics');
    assert.equal(pathOfSignal('/profiles-here', 'metrics'), '/profiles-here');
  });

  it('leaves requests as they are without compression', async () => {
    start({ compression: 'none' }).sendSamples(3);
    await exporter!.close(CLOSE_MS);
    assert.equal(seen[0]!.headers['content-encoding'], undefined);
    assert.deepEqual(seen[0]!.body, requestOf(3).bytes);
  });

  for (const status of [429, 502, 503, 504]) {
    it(`repeats after ${status}`, async () => {
      answer = (response, call) => {
        response.statusCode = call === 1 ? status : 200;
        response.end();
      };
      start().sendSamples(3);
      await exporter!.close(CLOSE_MS);
      assert.equal(seen.length, 2);
      assert.equal(exporter!.statistics().sentItems, 3);
      assert.deepEqual(exporter!.statistics().retries, { [`HTTP ${status}`]: 1 });
    });
  }

  for (const status of [301, 400, 401, 404, 413, 500, 501]) {
    it(`gives up after ${status}`, async () => {
      answer = (response) => {
        response.writeHead(status, { location: '/elsewhere' });
        response.end();
      };
      start().sendSamples(3);
      await exporter!.close(CLOSE_MS);
      assert.equal(seen.length, 1);
      const { lost } = exporter!.statistics();
      assert.deepEqual(lost, { [`HTTP ${status}`]: { requests: 1, items: 3 } });
    });
  }

  it('counts a partial success', async () => {
    const writer = new ProtoWriter();
    const mark = writer.open(1);
    writer.uintField(1, 7);
    writer.stringField(2, 'late\u001b[31m');
    writer.close(mark);
    answer = (response) => {
      response.setHeader('content-type', 'application/x-protobuf');
      response.end(writer.finish());
    };
    start().sendSamples(3);
    await exporter!.close(CLOSE_MS);
    assert.equal(exporter!.statistics().rejectedItems, 7);
    assert.match(exporter!.events[0]!.message, /7 rejected: late \[31m$/);
  });

  it('does not send again what was accepted with an unreadable answer', async () => {
    answer = (response) => {
      response.setHeader('content-type', 'application/x-protobuf');
      response.end(Buffer.alloc(100, 0xff));
    };
    start().sendSamples(3);
    await exporter!.close(CLOSE_MS);
    assert.equal(seen.length, 1);
    assert.equal(exporter!.statistics().sentItems, 3);
  });

  it('takes a page that says 200 for what it is: nobody took the request', async () => {
    answer = (response, call) => {
      if (call === 1) response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(call === 1 ? '<html>Please log in</html>' : '');
    };
    start().sendSamples(3);
    await exporter!.close(CLOSE_MS);
    assert.equal(seen.length, 2);
    assert.deepEqual(exporter!.statistics().retries, { HTML: 1 });
  });

  it('repeats when the connection breaks before the answer', async () => {
    answer = (response, call) => {
      if (call === 1) response.socket!.destroy();
      else response.end();
    };
    start().sendSamples(3);
    await exporter!.close(CLOSE_MS);
    assert.equal(seen.length, 2);
    assert.equal(exporter!.statistics().retries['connection'], 1);
  });

  it('repeats what was not answered in time', async () => {
    answer = (response, call) => {
      if (call > 1) response.end();
    };
    start({ timeoutMs: 300 }).sendSamples(3);
    await exporter!.until((e) => e.statistics().sentItems === 3);
    assert.ok(exporter!.statistics().retries['timeout']! >= 1);
  });

  it('reads no more of an endless answer than it needs', async () => {
    answer = (response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    };
    start().sendSamples(3);
    await exporter!.close(CLOSE_MS);
    assert.equal(seen.length, 1);
  });

  it('survives noise in place of HTTP', async () => {
    const gate = await Gate.answering((socket) => void socket.write(Buffer.alloc(4_096, 0xa5)));
    try {
      exporter = new TestExporter(targetAt(gate.port, { protocol: 'http/protobuf' }));
      exporter.sendSamples(3);
      await exporter.until((e) => e.statistics().failuresInARow >= 2);
      assert.equal((await exporter.close(0)).lostItems, 3);
    } finally {
      await gate.close();
    }
  });

  it('reads Retry-After as seconds or a date, bounded', () => {
    assert.equal(retryAfterMs('3', 0), 3_000);
    assert.equal(retryAfterMs('Thu, 01 Jan 1970 00:00:05 GMT', 2_000), 3_000);
    assert.equal(retryAfterMs('Thu, 01 Jan 1970 00:00:05 GMT', 9_000), 0);
    assert.equal(retryAfterMs('99999999', 0), 300_000);
    assert.equal(retryAfterMs('soon', 0), undefined);
    assert.equal(retryAfterMs(undefined, 0), undefined);
  });
});
