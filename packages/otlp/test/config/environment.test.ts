// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseEndpoint } from '../../src/config/endpoint.ts';
import { otlpConfiguration } from '../../src/config/environment.ts';
import { parseHeaders } from '../../src/config/headers.ts';

const DEFAULTS = { userAgent: 'test/1' };

function configure(environment: Record<string, string>, overrides = {}) {
  return otlpConfiguration(environment, 'profiles', { ...DEFAULTS, overrides });
}

describe('config/endpoint', () => {
  const known: [string, string][] = [
    ['collector:11000', 'collector 11000 true /'],
    ['127.0.0.1:4317', '127.0.0.1 4317 true /'],
    ['[::1]:4317', '::1 4317 true /'],
    ['collector', 'collector 4317 true /'],
    ['collector:80', 'collector 80 true /'],
    ['http://collector:4318/base/', 'collector 4318 false /base/'],
    ['http://collector', 'collector 80 false /'],
    ['https://collector:443', 'collector 443 true /'],
    ['https://collector', 'collector 443 true /'],
    ['HTTPS://Collector:4317', 'collector 4317 true /'],
  ];
  for (const [text, wanted] of known) {
    it(`reads ${text}`, () => {
      const endpoint = parseEndpoint(text, { port: 4317, isSecure: true });
      assert.ok(typeof endpoint !== 'string', String(endpoint));
      const { host, port, isSecure, path } = endpoint;
      assert.equal(`${host} ${port} ${isSecure} ${path}`, wanted);
    });
  }

  for (const text of [
    '',
    'ftp://a:1',
    'http://',
    'a:99999',
    'a:0',
    'http://u:p@a:1',
    'a:1?x',
    'a b',
  ])
    it(`refuses ${JSON.stringify(text)} with a reason`, () => {
      assert.equal(typeof parseEndpoint(text, { port: 4317, isSecure: true }), 'string');
    });
});

describe('config/headers', () => {
  it('decodes percent-encoding, trims, lowers names, takes the later of two', () => {
    const { headers, problems } = parseHeaders('Api-Key=a%20b%3D, x=1,x=2,__proto__=z,');
    assert.deepEqual(problems, []);
    assert.deepEqual(Object.entries(headers), [
      ['api-key', 'a b='],
      ['x', '2'],
      ['__proto__', 'z'],
    ]);
  });

  it('leaves out what no header may hold, and never repeats a value', () => {
    const secret = 'hunter2';
    const text = `nothing,a b=${secret},x=${secret}%0d%0aevil: 1,te=${secret},grpc-timeout=${secret},y=%zz${secret}`;
    const { headers, problems } = parseHeaders(text);
    assert.deepEqual(headers, {});
    assert.equal(problems.length, 6);
    assert.ok(!problems.join().includes(secret));
  });

  it('never throws, and yields only what Node accepts as headers', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        new Headers(Object.entries(parseHeaders(text).headers));
      }),
    );
  });
});

describe('config/environment', () => {
  it('has the defaults of OTLP', () => {
    const { settings, hasEndpoint, problems } = configure({});
    assert.deepEqual(problems, []);
    assert.equal(hasEndpoint, false);
    assert.equal(settings!.timeoutMs, 10_000);
    const { protocol, host, port, isSecure } = settings!.target;
    assert.deepEqual([protocol, host, port, isSecure], ['grpc', 'localhost', 4317, false]);
  });

  it("prefers a signal's variable, and a flag to both", () => {
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://general:1',
      OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: 'http://special:2',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://other:3',
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
      OTEL_EXPORTER_OTLP_PROFILES_TIMEOUT: '',
    };
    assert.equal(configure(environment).settings!.target.host, 'special');
    assert.equal(configure(environment).settings!.timeoutMs, 100);
    const flagged = configure(environment, { ENDPOINT: 'flag:11000', INSECURE: 'true' });
    assert.equal(flagged.settings!.target.host, 'flag');
    assert.equal(flagged.settings!.target.isSecure, false);
  });

  it("appends the signal's path to the general endpoint only", () => {
    const http = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' };
    const general = configure({ ...http, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:1/base/' });
    assert.equal(general.settings!.target.path, '/base/v1development/profiles');
    const special = configure({ ...http, OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: 'http://a:1/mine' });
    assert.equal(special.settings!.target.path, '/mine');
    const bare = configure({ ...http, OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: 'http://a:1' });
    assert.equal(bare.settings!.target.path, '/');
    const flag = configure(http, { ENDPOINT: 'http://a:1' });
    assert.equal(flag.settings!.target.path, '/v1development/profiles');
    const traces = otlpConfiguration(http, 'traces', DEFAULTS);
    assert.equal(traces.settings!.target.path, '/v1/traces');
    assert.equal(traces.settings!.target.port, 4318);
  });

  it('takes a scheme before INSECURE, and TLS where neither is said', () => {
    const secure = (endpoint: string, insecure: string) =>
      configure({
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_INSECURE: insecure,
      }).settings!.target.isSecure;
    assert.equal(secure('a:1', ''), true);
    assert.equal(secure('a:1', 'true'), false);
    assert.equal(secure('https://a:1', 'true'), true);
    assert.equal(secure('http://a:1', 'false'), false);
  });

  it('says what is wrong and goes on with a default, but not without an endpoint', () => {
    const wrong = configure({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd',
      OTEL_EXPORTER_OTLP_TIMEOUT: '10s',
      OTEL_EXPORTER_OTLP_INSECURE: 'yes',
      OTEL_EXPORTER_OTLP_HEADERS: 'broken',
    });
    assert.equal(wrong.problems.length, 5);
    assert.equal(wrong.settings!.target.protocol, 'http/protobuf');
    assert.equal(wrong.settings!.compression, 'gzip');
    const none = configure({ OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: 'unix:///run/otel.sock' });
    assert.equal(none.settings, undefined);
    assert.deepEqual(
      none.problems.map((p) => [p.name, p.isFatal]),
      [['OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT', true]],
    );
    const half = configure({ OTEL_EXPORTER_OTLP_CLIENT_KEY: '/key.pem' });
    assert.equal(half.settings, undefined);
  });

  it('names certificate files without reading them', () => {
    const { settings } = configure({
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere/ca.pem',
      OTEL_EXPORTER_OTLP_PROFILES_CLIENT_CERTIFICATE: '/nowhere/cert.pem',
      OTEL_EXPORTER_OTLP_CLIENT_KEY: '/nowhere/key.pem',
    });
    assert.deepEqual(settings!.target.tls, {
      caFile: '/nowhere/ca.pem',
      clientCertificateFile: '/nowhere/cert.pem',
      clientKeyFile: '/nowhere/key.pem',
    });
  });
});
