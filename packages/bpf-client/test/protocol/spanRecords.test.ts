// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { forEachSpan, SpanRecordKind, SpanText } from '../../src/protocol/spanRecords.ts';
import { spanBytes } from '../support/spanBytes.ts';

describe('protocol/spanRecords', () => {
  it('reads records one after the other, fields and texts', () => {
    const first = spanBytes({
      kind: SpanRecordKind.httpServer,
      pid: 4242,
      config: 3,
      startNs: 0x1_0000_0000n,
      endNs: 0x2_0000_0007n,
      status: 200,
      responseBytes: 5n,
      parentId: 'b7ad6b7169203331',
      texts: { [SpanText.path]: { kept: '/a', fullBytes: 300 }, [SpanText.method]: 'GÉT' },
    });
    const second = spanBytes({ kind: SpanRecordKind.sql });
    const seen: unknown[] = [];
    forEachSpan(Buffer.concat([first, second]), (span) => {
      seen.push([
        [span.kind, span.pid, span.config, span.status, span.durationNs, span.responseBytes],
        [span.traceId.toString('hex'), span.isRoot, span.goid, span.requestBytes],
        [span.text(SpanText.path), span.isCut(SpanText.path), span.fullBytes(SpanText.path)],
        [span.text(SpanText.method), span.isCut(SpanText.method), span.hasText(SpanText.query)],
      ]);
    });
    assert.deepEqual(seen, [
      [
        [1, 4242, 3, 200, 0x1_0000_0007, 5],
        ['0af7651916cd43dd8448eb211c80319c', false, 7, -1],
        ['/a', true, 300],
        ['GÉT', false, false],
      ],
      [
        [5, 1, 0, -1, 2_000_000, -1],
        ['0af7651916cd43dd8448eb211c80319c', true, 7, -1],
        ['', false, 0],
        ['', false, false],
      ],
    ]);
  });

  it('gives records or a RangeError, whatever the bytes are', () => {
    const whole = spanBytes({ kind: 1, texts: { 2: '/path', 40: 'new', 200: 'unknown' } });
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(damage, fc.nat(whole.length), (changes, length) => {
        const bytes = Buffer.from(whole.subarray(0, length));
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        try {
          forEachSpan(bytes, (span) => {
            for (let id = 1; id < 64; id++) span.text(id);
            assert.ok(span.durationNs >= 0);
          });
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }),
    );
  });
});
