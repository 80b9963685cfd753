// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { SpanRecordFlag, SpanRecordKind, SpanText } from '@otelkit/bpf-client';
import { joinRoutes, routeOf, withoutSecrets } from '../../src/semconv/http.ts';
import { describeFacts } from './recordOf.ts';

const request = {
  kind: SpanRecordKind.httpServer,
  status: 200,
  texts: {
    [SpanText.method]: 'GET',
    [SpanText.path]: '/user/7',
    [SpanText.query]: 'q=1&sig=secret',
    [SpanText.host]: 'shop.example:8080',
    [SpanText.peer]: '[2001:db8::1]:5123',
    [SpanText.route]: 'GET /user/{id}',
    [SpanText.userAgent]: 'curl/8',
  },
};

describe('semconv/http', () => {
  it('says of a request what the conventions ask for', () => {
    const span = describeFacts(request);
    assert.equal(span.name, 'GET /user/{id}');
    assert.equal(span.kind, 2);
    assert.equal(span.statusCode, 0);
    assert.deepEqual(span.attributes, {
      'http.request.method': 'GET',
      'url.path': '/user/7',
      'url.query': 'q=1&sig=REDACTED',
      'url.scheme': 'http',
      'http.route': '/user/{id}',
      'server.address': 'shop.example',
      'server.port': 8080,
      'network.peer.address': '2001:db8::1',
      'network.peer.port': 5123,
      'client.address': '2001:db8::1',
      'user_agent.original': 'curl/8',
      'network.protocol.version': '1.1',
      'http.response.status_code': 200,
    });
  });

  it('takes the client from the proxies before it, where they name one', () => {
    const texts = { ...request.texts, [SpanText.forwarded]: '203.0.113.9, 10.0.0.1' };
    const { attributes } = describeFacts({ ...request, texts });
    assert.equal(attributes['client.address'], '203.0.113.9');
    assert.equal('client.port' in attributes, false);
    const obscured = { ...request.texts, [SpanText.forwarded]: 'for=_hidden;proto=https' };
    const other = describeFacts({ ...request, texts: obscured });
    assert.equal(other.attributes['client.address'], '2001:db8::1');
  });

  it('counts only what is the fault of a server as its error', () => {
    const wrong = describeFacts({ ...request, status: 404 });
    assert.deepEqual([wrong.statusCode, wrong.attributes['error.type']], [0, undefined]);
    const broken = describeFacts({ ...request, status: 503 });
    assert.deepEqual([broken.statusCode, broken.attributes['error.type']], [2, '503']);
    const panic = describeFacts({
      ...request,
      flags: SpanRecordFlag.sampled | SpanRecordFlag.panic,
      status: -1,
    });
    assert.deepEqual([panic.statusCode, panic.attributes['error.type']], [2, 'panic']);
    assert.equal('http.response.status_code' in panic.attributes, false);
  });

  it('writes the path of a URL as it was sent, of which net/http keeps the decoded form', () => {
    const call = {
      kind: SpanRecordKind.httpClient,
      texts: { [SpanText.host]: 'a', [SpanText.path]: "/x y/é(1)?#*'!@:;,&=+$~%" },
    };
    assert.equal(
      describeFacts(call).attributes['url.full'],
      'http://a/x%20y/%C3%A9%281%29%3F%23%2A%27%21@:;,&=+$~%25',
    );
  });

  it('counts every refusal as the error of a client, and names the error that came instead', () => {
    const call = {
      kind: SpanRecordKind.httpClient,
      detail: 2,
      protocol: 0x0200,
      texts: { [SpanText.host]: 'api.example', [SpanText.path]: '/a', [SpanText.query]: 'b=c' },
    };
    const refused = describeFacts({ ...call, status: 404 });
    assert.equal(refused.name, 'GET');
    assert.deepEqual([refused.statusCode, refused.attributes['error.type']], [2, '404']);
    assert.equal(refused.attributes['url.full'], 'https://api.example/a?b=c');
    assert.equal(refused.attributes['server.port'], 443);
    assert.equal(refused.attributes['network.protocol.version'], '2');
    const failed = describeFacts({ ...call, flags: 1 | SpanRecordFlag.error, errorType: 7n });
    assert.deepEqual([failed.statusCode, failed.attributes['error.type']], [2, '*net.OpError']);
    const unknown = describeFacts({ ...call, flags: 1 | SpanRecordFlag.error, errorType: 9n });
    assert.equal(unknown.attributes['error.type'], '_OTHER');
  });

  it('lets nobody make up methods', () => {
    const span = describeFacts({ ...request, texts: { [SpanText.method]: 'BREW' } });
    assert.equal(span.name, 'HTTP');
    assert.equal(span.attributes['http.request.method'], '_OTHER');
    assert.equal(span.attributes['http.request.method_original'], 'BREW');
  });

  it('shows that a text was longer than what is kept of it', () => {
    const texts = { [SpanText.path]: { kept: '/xxx', fullBytes: 5000 } };
    const { attributes } = describeFacts({ ...request, texts });
    assert.deepEqual(attributes['otelkit.truncated'], ['url.path: 4 of 5000 bytes']);
  });

  it('tells headers that were asked for, each with all its values', () => {
    const texts = { [SpanText.path]: '/', 32: '17', 33: { kept: 'de', fullBytes: 300 } };
    const headers = ['x-request-id', 'accept-language', 'absent'];
    const { attributes } = describeFacts({ ...request, texts }, { headers });
    assert.deepEqual(attributes['http.request.header.x-request-id'], ['17']);
    assert.deepEqual(attributes['http.request.header.accept-language'], ['de']);
    assert.equal('http.request.header.absent' in attributes, false);
    assert.deepEqual(attributes['otelkit.truncated'], [
      'http.request.header.accept-language: 2 of 300 bytes',
    ]);
  });

  it('keeps to the length that attributes may have', () => {
    const { attributes } = describeFacts(request, { attributeChars: 4 });
    assert.equal(attributes['url.path'], '/use');
  });

  it('reads patterns of ServeMux and of frameworks', () => {
    assert.equal(routeOf('GET /user/{id}'), '/user/{id}');
    assert.equal(routeOf('POST example.com/a/{rest...}'), '/a/{rest...}');
    assert.equal(routeOf('/plain'), '/plain');
    assert.equal(routeOf('/users/:id'), '/users/:id');
    assert.equal(routeOf(''), '');
    assert.equal(routeOf('example.com/'), '/');
    assert.equal(joinRoutes(['/api/*', '/users/{id}']), '/api/users/{id}');
    assert.equal(joinRoutes(['/files/*']), '/files/*');
  });

  it('leaves parameters alone that only look like secrets', () => {
    assert.equal(withoutSecrets('design=1&sig=2&x=3'), 'design=1&sig=REDACTED&x=3');
  });
});
