// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestExporter, targetAt } from '../support/exporting.ts';
import { Gate } from '../support/gate.ts';
import { GoReceiver } from '../support/goReceiver.ts';
import { officialTypes } from '../support/officialTypes.ts';

const CLOSE_MS = 20_000;

describe('export: gRPC to grpc-go', () => {
  let program = '';
  let receiver: GoReceiver;
  let exporter: TestExporter | undefined;
  let gate: Gate | undefined;

  before(function () {
    const built = officialTypes();
    if (built === undefined) this.skip();
    program = built;
  });
  beforeEach(async () => {
    receiver = await GoReceiver.start(program);
  });
  afterEach(async () => {
    await exporter?.close(0);
    await gate?.close();
    await receiver.stop();
    exporter = undefined;
    gate = undefined;
  });

  it('delivers in order, with headers, and counts what it sent', async () => {
    exporter = new TestExporter(targetAt(receiver.port, { headers: { 'api-key': 'abc' } }));
    for (let i = 1; i <= 20; i++) exporter.sendSamples(i, String(i));
    assert.deepEqual(await exporter.close(CLOSE_MS), { lostItems: 0, keptItems: 0 });
    await receiver.until((r) => r.calls.length === 20);
    assert.deepEqual(
      receiver.calls.map((call) => [call.scopeVersion, call.samples]),
      Array.from({ length: 20 }, (_, i) => [String(i + 1), i + 1]),
    );
    const { metadata } = receiver.calls[0]!;
    assert.deepEqual(metadata['api-key'], ['abc']);
    assert.match(metadata['user-agent']![0]!, /^otelkit-test\/1/);
    const statistics = exporter.statistics();
    assert.equal(statistics.sentItems, 210);
    assert.equal(statistics.takenItems, 210);
    assert.equal(statistics.queuedRequests, 0);
    assert.deepEqual(statistics.lost, {});
  });

  it('sends without compression, too', async () => {
    exporter = new TestExporter(targetAt(receiver.port), { compression: 'none' });
    exporter.sendSamples(5_000);
    await exporter.close(CLOSE_MS);
    await receiver.until((r) => r.accepted.length === 1);
    assert.equal(receiver.accepted[0]!.samples, 5_000);
    const { sentBytes, takenBytes } = exporter.statistics();
    assert.equal(sentBytes, takenBytes);
  });

  it('sends requests near the limit of gRPC servers, beyond every window', async () => {
    exporter = new TestExporter(targetAt(receiver.port), { compression: 'none' });
    exporter.sendSamples(400_000);
    await exporter.close(CLOSE_MS);
    assert.ok(exporter.statistics().sentBytes > 3_200_000);
    await receiver.until((r) => r.accepted.length === 1);
    assert.equal(receiver.accepted[0]!.samples, 400_000);
  });

  it('follows a server that ends its connections (GOAWAY), without a failed attempt', async () => {
    await receiver.stop();
    receiver = await GoReceiver.start(program, ['-max-age-ms', '50']);
    exporter = new TestExporter(targetAt(receiver.port));
    for (let i = 1; i <= 20; i++) {
      exporter.sendSamples(i, String(i));
      await exporter.flush(CLOSE_MS);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await receiver.until((r) => r.calls.length === 20);
    const { sentItems, retries } = exporter.statistics();
    assert.equal(sentItems, 210);
    assert.deepEqual(retries, {});
  });

  it('repeats after UNAVAILABLE until it is taken, once', async () => {
    await receiver.behave({ code: 14, message: 'starting', times: 2 });
    exporter = new TestExporter(targetAt(receiver.port));
    exporter.sendSamples(3);
    await exporter.close(CLOSE_MS);
    await receiver.until((r) => r.accepted.length === 1);
    assert.deepEqual(
      receiver.calls.map((call) => call.code),
      [14, 14, 0],
    );
    assert.equal(exporter.statistics().retries['UNAVAILABLE'], 2);
    assert.deepEqual(
      exporter.events.map((event) => event.code),
      ['away', 'back'],
    );
  });

  it('repeats after RESOURCE_EXHAUSTED only when the server says when', async () => {
    await receiver.behave({ code: 8, retryMs: 1, times: 1 });
    exporter = new TestExporter(targetAt(receiver.port));
    exporter.sendSamples(3);
    await exporter.flush(CLOSE_MS);
    await receiver.until((r) => r.calls.length === 2);
    assert.equal(receiver.accepted.length, 1);
    await receiver.behave({ code: 8, message: 'quota %20 ü' });
    exporter.sendSamples(4);
    await exporter.flush(CLOSE_MS);
    const { lost, sentItems, lastError } = exporter.statistics();
    assert.deepEqual(lost, { RESOURCE_EXHAUSTED: { requests: 1, items: 4 } });
    assert.equal(sentItems, 3);
    assert.equal(lastError, 'RESOURCE_EXHAUSTED: quota %20 ü');
  });

  it('gives up what the collector refuses, says so, and goes on', async () => {
    await receiver.behave({ code: 3, message: 'bad data', times: 1 });
    exporter = new TestExporter(targetAt(receiver.port));
    exporter.sendSamples(7, 'bad');
    exporter.sendSamples(8, 'good');
    await exporter.close(CLOSE_MS);
    assert.deepEqual(exporter.statistics().lost, { INVALID_ARGUMENT: { requests: 1, items: 7 } });
    assert.equal(exporter.statistics().sentItems, 8);
    assert.match(exporter.events[0]!.message, /7 items: INVALID_ARGUMENT: bad data/);
  });

  it('counts what a partial success rejected, and does not send it again', async () => {
    await receiver.behave({ rejected: 2, message: 'too old' });
    exporter = new TestExporter(targetAt(receiver.port));
    exporter.sendSamples(5);
    await exporter.close(CLOSE_MS);
    await receiver.until((r) => r.calls.length > 0);
    assert.equal(receiver.calls.length, 1);
    assert.equal(exporter.statistics().rejectedItems, 2);
    assert.match(exporter.events[0]!.message, /2 rejected: too old/);
  });

  it('repeats what a slow collector did not answer in time', async () => {
    await receiver.behave({ delayMs: 60_000, times: 1 });
    exporter = new TestExporter(targetAt(receiver.port), { timeoutMs: 300 });
    exporter.sendSamples(5);
    await exporter.until((e) => e.statistics().sentItems === 5);
    // Either side may be the first to see the deadline (gRPC tells the server), in its own words.
    const retries = Object.values(exporter.statistics().retries);
    assert.ok(retries.reduce((sum, count) => sum + count, 0) >= 1);
  });

  it('finds the collector again after it was away, in order, nothing lost or doubled', async () => {
    gate = await Gate.to(receiver.port);
    exporter = new TestExporter(targetAt(gate.port));
    exporter.sendSamples(1, '1');
    await exporter.flush(CLOSE_MS);
    gate.isShut = true;
    gate.cut();
    for (let i = 2; i <= 6; i++) exporter.sendSamples(i, String(i));
    await exporter.until((e) => e.statistics().failuresInARow >= 2);
    const { queuedRequests, queuedItems, sentItems, takenItems } = exporter.statistics();
    assert.equal(queuedRequests, 5);
    assert.equal(queuedItems + sentItems, takenItems);
    gate.isShut = false;
    await exporter.close(CLOSE_MS);
    await receiver.until((r) => r.calls.length >= 6);
    assert.deepEqual(
      receiver.calls.map((call) => call.scopeVersion),
      ['1', '2', '3', '4', '5', '6'],
    );
  });

  it('drops the oldest when memory is full and there is no disk, and counts it', async () => {
    exporter = new TestExporter(targetAt(receiver.port), { queueBytes: 1_000 });
    await receiver.behave({ code: 14 });
    for (let i = 1; i <= 30; i++) exporter.sendSamples(i, String(i));
    await exporter.until((e) => e.statistics().lost['queue full'] !== undefined);
    await receiver.behave({});
    await exporter.close(CLOSE_MS);
    const { takenItems, sentItems, lost } = exporter.statistics();
    assert.equal(sentItems + lost['queue full']!.items, takenItems);
    await receiver.until((r) => r.accepted.length === exporter!.statistics().sentRequests);
    assert.equal(receiver.accepted.at(-1)!.scopeVersion, '30');
  });

  describe('with TLS', () => {
    let folder = '';
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'otelkit-otlp-certs-'));
      execFileSync(program, ['certs', folder]);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    const pem = (name: string): string => join(folder, name);
    const server = (...more: string[]): Promise<GoReceiver> =>
      GoReceiver.start(program, ['-cert', pem('server.pem'), '-key', pem('server.key'), ...more]);

    async function restart(...more: string[]): Promise<void> {
      await receiver.stop();
      receiver = await server(...more);
    }

    for (const host of ['127.0.0.1', 'localhost']) {
      it(`delivers to ${host} with an authority of its own`, async () => {
        await restart();
        const tls = { caFile: pem('ca.pem') };
        exporter = new TestExporter(targetAt(receiver.port, { host, isSecure: true, tls }));
        exporter.sendSamples(3);
        assert.equal((await exporter.close(CLOSE_MS)).lostItems, 0);
        await receiver.until((r) => r.accepted.length === 1);
      });
    }

    it('shows a client certificate where the collector asks for one', async () => {
      await restart('-client-ca', pem('ca.pem'));
      const client = { clientCertificateFile: pem('client.pem'), clientKeyFile: pem('client.key') };
      const tls = { caFile: pem('ca.pem'), ...client };
      exporter = new TestExporter(targetAt(receiver.port, { isSecure: true, tls }));
      exporter.sendSamples(3);
      assert.equal((await exporter.close(CLOSE_MS)).lostItems, 0);
    });

    const refusals: [string, string[], () => object, RegExp][] = [
      [
        'an unknown authority',
        [],
        () => ({ caFile: pem('other.pem') }),
        /certificate|signed|verify/i,
      ],
      ['the system’s authorities', [], () => ({}), /certificate|signed|verify/i],
      ['a missing authority file', [], () => ({ caFile: pem('none.pem') }), /ENOENT.*none\.pem/],
      [
        'no client certificate',
        ['-client-ca', '{ca}'],
        () => ({ caFile: pem('ca.pem') }),
        /certificate|closed|ended|reset/i,
      ],
      [
        'TLS 1.1',
        ['-max-tls', '770'],
        () => ({ caFile: pem('ca.pem') }),
        /version|protocol|alert/i,
      ],
    ];
    for (const [name, argv, tls, message] of refusals) {
      it(`sends nothing with ${name}, says why, and keeps trying`, async () => {
        await restart(...argv.map((arg) => arg.replace('{ca}', pem('ca.pem'))));
        exporter = new TestExporter(targetAt(receiver.port, { isSecure: true, tls: tls() }));
        exporter.sendSamples(3);
        await exporter.until((e) => e.statistics().failuresInARow >= 2);
        assert.equal(receiver.calls.length, 0);
        assert.match(exporter.statistics().lastError, message);
        assert.equal((await exporter.close(0)).lostItems, 3);
      });
    }
  });

  const nonsense: [string, (socket: Socket) => void][] = [
    ['hangs up', (socket) => void socket.destroy()],
    ['says nothing', () => {}],
    [
      'speaks HTTP/1.1',
      (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'),
    ],
    ['sends noise', (socket) => void socket.write(Buffer.alloc(4_096, 0xa5))],
    ['sends an endless answer', (socket) => void flood(socket)],
  ];
  for (const [name, answer] of nonsense) {
    it(`survives a peer that ${name}`, async () => {
      gate = await Gate.answering(answer);
      exporter = new TestExporter(targetAt(gate.port), { timeoutMs: 200 });
      exporter.sendSamples(3);
      await exporter.until((e) => e.statistics().failuresInARow >= 2);
      assert.equal(exporter.statistics().queuedItems, 3);
      assert.deepEqual(await exporter.close(100), { lostItems: 3, keptItems: 0 });
    });
  }
});

/** SETTINGS, then header frames for stream 1 without end. */
function flood(socket: Socket): void {
  socket.write(Buffer.from('000000040000000000', 'hex'));
  const frame = Buffer.concat([
    Buffer.from('004000010000000001', 'hex'),
    Buffer.alloc(16_384, 0x88),
  ]);
  const more = (): void => {
    while (!socket.destroyed && socket.write(frame));
  };
  socket.on('drain', more);
  more();
}
