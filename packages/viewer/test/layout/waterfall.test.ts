// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { waterfallOf } from '../../src/layout/waterfall.ts';
import { traceOf } from '../fixture/traces.ts';

describe('a waterfall', () => {
  it('has children below their parents, by time', () => {
    const { rows } = waterfallOf(traceOf('ab', 0));
    assert.deepEqual(
      rows.map(({ depth, span }) => `${'  '.repeat(depth)}${span.name}`),
      [
        'GET /cart',
        '  cart.parseJson',
        '  cart.load',
        '    SELECT items',
        '      ExecSeqScan',
        '    SELECT prices',
        '  render',
      ],
    );
  });

  it('shows each span once, whatever their parents are', () => {
    const id = fc.constantFrom('', 'a', 'b', 'c', 'd', 'zz');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(id, id, fc.nat(100), fc.integer({ min: -5, max: 100 })), {
          maxLength: 12,
        }),
        (spans) => {
          const template = traceOf('ab', 0).spans[0]!;
          const trace = {
            traceId: 'ab',
            spans: spans.map(([spanId, parentSpanId, startMs, durationMs]) => ({
              ...template,
              spanId,
              parentSpanId,
              startMs,
              durationMs,
            })),
          };
          const { rows } = waterfallOf(trace);
          assert.equal(rows.length, trace.spans.length);
          assert.equal(new Set(rows.map(({ span }) => span)).size, trace.spans.length);
          for (const { left, width } of rows) assert.ok(left >= 0 && width >= 0);
        },
      ),
    );
  });

  it('marks a span whose parent did not come', () => {
    const trace = traceOf('ab', 0);
    const { rows } = waterfallOf({ ...trace, spans: trace.spans.slice(1) });
    assert.ok(rows[0]!.isOrphan);
  });
});
