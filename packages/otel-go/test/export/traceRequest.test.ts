// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { SpanRecordFlag, SpanRecordKind, SpanText } from '@otelkit/bpf-client';
import { decodeMessage, OTLP_EXPORT_TRACE_SERVICE_REQUEST } from '@otelkit/otlp';
import fc from 'fast-check';
import { clockOrigin, TraceRequest } from '../../src/export/traceRequest.ts';
import { described } from '../../src/semconv/span.ts';
import { recordOf } from '../semconv/recordOf.ts';

const decode = (bytes: Buffer) => decodeMessage(OTLP_EXPORT_TRACE_SERVICE_REQUEST, bytes);

describe('export/traceRequest', () => {
  it('groups spans by process and library, and writes each as it came', () => {
    const request = new TraceRequest();
    const shop = { 'service.name': 'shop' };
    const record = recordOf({
      kind: SpanRecordKind.httpServer,
      flags: SpanRecordFlag.sampled | SpanRecordFlag.remoteParent,
      parentId: '00f067aa0ba902b7',
      texts: { [SpanText.traceState]: 'vendor=abc' },
    });
    const span = described('net/http', 2);
    span.name = 'GET /';
    span.attributes.push(['url.path', '/'], ['server.port', 80], ['cuts', ['a', 'b']]);
    span.statusCode = 2;
    span.statusMessage = 'why';
    const origin = clockOrigin(5_000n);
    request.add(shop, span, record, origin);
    request.add(shop, described('database/sql', 3), recordOf({ kind: 5 }), origin);
    request.add({ 'service.name': 'stock' }, span, record, origin);
    const taken = request.take()!;
    assert.equal(taken.spanCount, 3);
    const { resourceSpans } = decode(taken.bytes);
    assert.deepEqual(
      resourceSpans.map(({ scopeSpans }) => scopeSpans.map(({ scope }) => scope?.name)),
      [['otel-go/net/http', 'otel-go/database/sql'], ['otel-go/net/http']],
    );
    const [first] = resourceSpans[0]!.scopeSpans[0]!.spans;
    assert.equal(Buffer.from(first!.traceId).toString('hex'), '0af7651916cd43dd8448eb211c80319c');
    assert.equal(Buffer.from(first!.spanId).toString('hex'), 'b7ad6b7169203331');
    assert.equal(Buffer.from(first!.parentSpanId).toString('hex'), '00f067aa0ba902b7');
    assert.equal(first!.traceState, 'vendor=abc');
    assert.equal(first!.startTimeUnixNano, 1_000_005_000n);
    assert.equal(first!.endTimeUnixNano, 1_002_005_000n);
    assert.equal(first!.flags, 0x301);
    assert.deepEqual({ ...first!.status }, { message: 'why', code: 2 });
    assert.equal(first!.attributes[1]!.value?.intValue, 80n);
    const [root] = resourceSpans[0]!.scopeSpans[1]!.spans;
    assert.equal(root!.parentSpanId.length, 0);
    assert.equal(request.take(), undefined);
  });

  it('keeps nothing of a request for the next one', () => {
    const request = new TraceRequest();
    const origin = clockOrigin(0n);
    for (const name of ['first', 'second']) {
      const span = described('net/http', 2);
      span.name = name;
      request.add({ 'service.name': 'shop' }, span, recordOf({ kind: 1 }), origin);
      const { resourceSpans } = decode(request.take()!.bytes);
      const names = resourceSpans.flatMap((one) => one.scopeSpans[0]!.spans.map((s) => s.name));
      assert.deepEqual(names, [name]);
    }
  });

  it('adds the clocks of any day exactly', () => {
    const time = fc.bigInt({ min: 0n, max: 2n ** 62n });
    fc.assert(
      fc.property(time, time, (startNs, originNs) => {
        const request = new TraceRequest();
        const record = recordOf({ kind: 1, startNs, endNs: startNs });
        request.add({}, described('a', 1), record, clockOrigin(originNs));
        const { resourceSpans } = decode(request.take()!.bytes);
        const [span] = resourceSpans[0]!.scopeSpans[0]!.spans;
        assert.equal(span!.startTimeUnixNano, startNs + originNs);
      }),
    );
  });
});
