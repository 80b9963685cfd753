// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { SpanRecordFlag, SpanRecordKind, SpanText } from '@otelkit/bpf-client';
import { parseAddressBytes, parseGrpcTarget } from '../../src/semconv/address.ts';
import { describeFacts } from './recordOf.ts';

const call = {
  kind: SpanRecordKind.grpcClient,
  status: 0,
  texts: {
    [SpanText.grpcMethod]: '/shop.v1.Price/Get',
    [SpanText.grpcTarget]: 'dns:///price:7000',
  },
};

describe('semconv/rpc', () => {
  it('says of a call what the conventions ask for', () => {
    const span = describeFacts(call);
    assert.equal(span.name, 'shop.v1.Price/Get');
    assert.deepEqual(span.attributes, {
      'rpc.system.name': 'grpc',
      'rpc.method': 'shop.v1.Price/Get',
      'server.address': 'price',
      'server.port': 7000,
      'rpc.response.status_code': 'OK',
    });
  });

  it('fails a client for each code but OK, a server for its own faults only', () => {
    const status = 5;
    const texts = { ...call.texts, [SpanText.statusMessage]: 'no such item' };
    const client = describeFacts({ ...call, status, texts });
    assert.deepEqual([client.statusCode, client.statusMessage], [2, 'no such item']);
    assert.equal(client.attributes['error.type'], 'NOT_FOUND');
    const server = describeFacts({ ...call, kind: SpanRecordKind.grpcServer, status, texts });
    assert.deepEqual([server.statusCode, server.attributes['error.type']], [0, undefined]);
    const fault = describeFacts({ ...call, kind: SpanRecordKind.grpcServer, status: 13, texts });
    assert.deepEqual([fault.statusCode, fault.attributes['error.type']], [2, 'INTERNAL']);
  });

  it('tells of a panic that left no code', () => {
    const flags = SpanRecordFlag.sampled | SpanRecordFlag.panic;
    const span = describeFacts({ ...call, kind: SpanRecordKind.grpcServer, status: -1, flags });
    assert.deepEqual([span.statusCode, span.attributes['error.type']], [2, 'panic']);
  });

  it('keeps codes that programs made up', () => {
    assert.equal(
      describeFacts({ ...call, status: 99 }).attributes['rpc.response.status_code'],
      '99',
    );
  });

  it('writes addresses as people do', () => {
    const hostOf = (hex: string) => parseAddressBytes(Buffer.from(hex, 'hex'));
    assert.deepEqual(hostOf('7f0000015c1b'), { host: '127.0.0.1', port: 7004 });
    assert.deepEqual(hostOf(`${'00'.repeat(10)}ffff0a0000010100`), { host: '10.0.0.1', port: 1 });
    assert.deepEqual(hostOf(`20010db8${'00'.repeat(11)}010000`)?.host, '2001:db8::1');
    assert.equal(hostOf('00'), undefined);
  });

  it('understands targets as grpc-go does', () => {
    for (const [target, host, port] of [
      ['dns:///price:7000', 'price', 7000],
      ['dns://1.1.1.1/price:7000', 'price', 7000],
      ['passthrough:///127.0.0.1:7000', '127.0.0.1', 7000],
      ['127.0.0.1:7000', '127.0.0.1', 7000],
      ['price:7000', 'price', 7000],
      ['[::1]:7000', '::1', 7000],
      ['unix:///run/x.sock', '/run/x.sock', undefined],
      ['unix:x.sock', 'x.sock', undefined],
      ['xds:///service', 'service', undefined],
    ] as const) {
      assert.deepEqual(parseGrpcTarget(target), { host, port }, target);
    }
  });
});
