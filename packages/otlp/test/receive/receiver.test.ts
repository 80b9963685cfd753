// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  decodeMessage,
  encodeMessage,
  OTLP_EXPORT_PROFILES_SERVICE_REQUEST,
  OTLP_EXPORT_PROFILES_SERVICE_RESPONSE,
  OTLP_EXPORT_TRACE_SERVICE_REQUEST,
  OtlpReceiver,
  Refusal,
} from '../../src/index.ts';

const PROFILES = '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export';
const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

interface Answer {
  readonly status: string;
  readonly message: string;
  readonly body: Buffer;
}

describe('OTLP receiver', () => {
  let receiver: OtlpReceiver;
  let received: string[] = [];
  let url = '';
  let fault: Error | undefined;
  let token = '';

  beforeEach(async () => {
    received = [];
    fault = undefined;
    token = '';
    receiver = new OtlpReceiver({
      sink: {
        async profiles({ dictionary, resourceProfiles }) {
          if (fault !== undefined) throw fault;
          received.push(`profiles ${resourceProfiles.length}`);
          const size = dictionary.strings.at(1)?.length ?? 0;
          return { rejected: 0, message: size > 0 ? `text of ${size}` : '' };
        },
        async traces({ resourceSpans }) {
          received.push(`traces ${resourceSpans.length}`);
          return { rejected: 0, message: '' };
        },
      },
      onRequest: (request, response) => {
        (response as import('node:http').ServerResponse).writeHead(200);
        response.end(`page ${request.url}` as never);
      },
      isAllowed: (headers) => token === '' || headers.authorization === `Bearer ${token}`,
    });
    await receiver.listen('127.0.0.1', 0);
    url = `http://127.0.0.1:${receiver.port}`;
  });
  afterEach(() => receiver.close());

  const profilesOf = (text: string): Buffer =>
    Buffer.from(
      encodeMessage(OTLP_EXPORT_PROFILES_SERVICE_REQUEST, {
        resourceProfiles: [{}],
        dictionary: { stringTable: ['', text] },
      }),
    );
  const framed = (body: Buffer, flag = 0): Buffer => {
    const prefix = Buffer.alloc(5);
    prefix[0] = flag;
    prefix.writeUInt32BE(body.length, 1);
    return Buffer.concat([prefix, body]);
  };

  function grpc(path: string, body: Buffer, headers: Record<string, string> = {}): Promise<Answer> {
    const session = connectHttp2(url);
    return new Promise<Answer>((resolve, reject) => {
      session.once('error', reject);
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...headers,
      });
      const all: Record<string, unknown> = {};
      const chunks: Buffer[] = [];
      stream.on('response', (got) => Object.assign(all, got));
      stream.on('trailers', (got) => Object.assign(all, got));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', () => {});
      stream.on('close', () =>
        resolve({
          status: String(all['grpc-status']),
          message: decodeURIComponent(String(all['grpc-message'] ?? '')),
          body: Buffer.concat(chunks),
        }),
      );
      stream.end(body);
    }).finally(() => session.destroy());
  }

  const post = (path: string, body: Buffer, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', ...headers },
      body: new Uint8Array(body),
    });

  it('takes profiles and traces over gRPC, plain and packed, and answers', async () => {
    const plain = await grpc(PROFILES, framed(profilesOf('abc')));
    assert.equal(plain.status, '0');
    const answer = decodeMessage(OTLP_EXPORT_PROFILES_SERVICE_RESPONSE, plain.body.subarray(5));
    assert.equal(answer.partialSuccess?.errorMessage, 'text of 3');
    const packed = framed(gzipSync(profilesOf('abc')), 1);
    assert.equal((await grpc(PROFILES, packed, { 'grpc-encoding': 'gzip' })).status, '0');
    const spans = encodeMessage(OTLP_EXPORT_TRACE_SERVICE_REQUEST, { resourceSpans: [{}, {}] });
    assert.equal((await grpc(TRACES, framed(Buffer.from(spans)))).status, '0');
    assert.deepEqual(received, ['profiles 1', 'profiles 1', 'traces 2']);
    const health = await grpc('/grpc.health.v1.Health/Check', framed(Buffer.alloc(0)));
    assert.deepEqual([health.status, health.body.toString('hex')], ['0', '00000000020801']);
  });

  it('takes them over HTTP on the same port, beside the page', async () => {
    assert.equal((await post('/v1development/profiles', profilesOf('abc'))).status, 200);
    const packed = gzipSync(profilesOf('abc'));
    const headers = { 'content-encoding': 'gzip' };
    assert.equal((await post('/v1development/profiles', packed, headers)).status, 200);
    assert.equal((await post('/v1/traces', Buffer.alloc(0))).status, 200);
    assert.equal(await (await fetch(`${url}/x?y`)).text(), 'page /x?y');
    assert.deepEqual(received, ['profiles 1', 'profiles 1', 'traces 0']);
  });

  it('takes JSON over HTTP, and answers in JSON', async () => {
    const json = { 'content-type': 'application/json; charset=utf-8' };
    const send = async (path: string, body: string) => {
      const response = await post(path, Buffer.from(body), json);
      return [response.status, response.headers.get('content-type'), await response.json()];
    };
    const type = 'application/json';
    const profiles = '{"resourceProfiles":[{}],"dictionary":{"stringTable":["","abc"]},"newer":1}';
    assert.deepEqual(await send('/v1development/profiles', profiles), [
      200,
      type,
      { partialSuccess: { rejectedProfiles: '0', errorMessage: 'text of 3' } },
    ]);
    assert.deepEqual(await send('/v1/traces', '{"resourceSpans":[]}'), [200, type, {}]);
    assert.deepEqual(received, ['profiles 1', 'traces 0']);
    const wrong = await send('/v1/traces', '{"resourceSpans":[{"schemaUrl":7}]}');
    assert.deepEqual(wrong.slice(0, 2), [400, type]);
    const told = wrong[2] as { code: number; message: string };
    assert.equal(told.code, 3);
    assert.match(told.message, /resourceSpans\[0\]\.schemaUrl: 7 is no string/);
    assert.equal((await send('/v1/traces', '{'))[0], 400);
    assert.equal((await send('/v1/traces', `{"x":"${'x'.repeat(17 << 20)}"}`))[0], 413);
  });

  it('takes 40 MiB, packed or not', async () => {
    const large = profilesOf('x'.repeat(40 * 1_048_576));
    assert.equal((await grpc(PROFILES, framed(large))).status, '0');
    const packed = framed(gzipSync(large, { level: 1 }), 1);
    assert.equal((await grpc(PROFILES, packed, { 'grpc-encoding': 'gzip' })).status, '0');
    assert.equal(receiver.bytesInFlight, 0);
  });

  it('says what is wrong with a request, and takes the next one', async () => {
    const bomb = framed(gzipSync(Buffer.alloc(80 * 1_048_576)), 1);
    const cases: readonly (readonly [Buffer, Record<string, string>, string, RegExp])[] = [
      [Buffer.from([1, 2]), {}, '3', /prefix is missing/],
      [framed(profilesOf('a')).subarray(0, 8), {}, '3', /the prefix says/],
      [framed(Buffer.from([0x0a, 0x7f, 1])), {}, '3', /not an OTLP export request.*at byte/],
      [framed(Buffer.from('no gzip'), 1), { 'grpc-encoding': 'gzip' }, '3', /gzip/],
      [framed(Buffer.from('x'), 1), { 'grpc-encoding': 'snappy' }, '12', /snappy is not known/],
      [bomb, { 'grpc-encoding': 'gzip' }, '8', /more than/],
    ];
    for (const [body, headers, status, message] of cases) {
      const answer = await grpc(PROFILES, body, headers);
      assert.equal(answer.status, status, answer.message);
      assert.match(answer.message, message);
    }
    assert.equal((await grpc('/x.Y/Z', framed(Buffer.alloc(0)))).status, '12');
    assert.equal((await post('/v1/traces', Buffer.from([0x0a, 0x7f, 1]))).status, 400);
    const text = { 'content-type': 'text/plain' };
    assert.equal((await post('/v1/traces', Buffer.from('{}'), text)).status, 415);
    const got = await fetch(`${url}/v1/traces`);
    assert.deepEqual([got.status, got.headers.get('allow')], [405, 'POST']);
    assert.equal((await grpc(PROFILES, framed(profilesOf('a')))).status, '0');
    assert.equal(receiver.bytesInFlight, 0);
  });

  it('passes on what its sink refuses, and hides defects', async () => {
    fault = new Refusal('overloaded', 'come back');
    const answer = await grpc(PROFILES, framed(profilesOf('a')));
    assert.deepEqual([answer.status, answer.message], ['14', 'come back']);
    assert.equal((await post('/v1development/profiles', profilesOf('a'))).status, 503);
    fault = new TypeError('secret');
    const defect = await grpc(PROFILES, framed(profilesOf('a')));
    assert.equal(defect.status, '13');
    assert.ok(!defect.message.includes('secret'));
  });

  it('asks for a token where one is wanted', async () => {
    token = 'abc';
    assert.equal((await grpc(PROFILES, framed(profilesOf('a')))).status, '16');
    assert.equal((await post('/v1development/profiles', profilesOf('a'))).status, 401);
    const headers = { authorization: 'Bearer abc' };
    assert.equal((await grpc(PROFILES, framed(profilesOf('a')), headers)).status, '0');
  });

  it('lives through connections that speak nonsense, or nothing', async () => {
    const say = (bytes: Buffer): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(receiver.port, '127.0.0.1');
        socket.on('error', () => {});
        socket.on('close', () => resolve());
        socket.resume();
        socket.write(bytes, () => setTimeout(() => socket.destroy(), 5));
      });
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.boolean(), async (bytes, isHttp2) => {
        await say(Buffer.concat([isHttp2 ? preface : Buffer.alloc(0), bytes]));
      }),
      { numRuns: 40 },
    );
    assert.equal((await grpc(PROFILES, framed(profilesOf('a')))).status, '0');
    assert.equal(await (await fetch(url)).text(), 'page /');
  });

  it('tells HTTP/2 even where its first bytes come one by one', async () => {
    const socket = connect(receiver.port, '127.0.0.1');
    const answered = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    socket.on('error', () => {});
    for (const byte of Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')) {
      socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
    // A SETTINGS frame: type 4 in the fourth byte.
    assert.equal((await answered)[3], 4);
    socket.destroy();
  });
});
