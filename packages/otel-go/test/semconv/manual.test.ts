// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { SpanRecordKind, SpanText } from '@otelkit/bpf-client';
import fc from 'fast-check';
import { describeFacts } from './recordOf.ts';

const DATA = {
  resourceSpans: [
    {
      resource: {},
      scopeSpans: [
        {
          scope: { name: 'shop/cart' },
          spans: [
            {
              name: 'checkout',
              kind: 4,
              attributes: [
                { key: 'items', value: { intValue: '3' } },
                { key: 'tags', value: { arrayValue: { values: [{ stringValue: 'a' }] } } },
                { key: 'nested', value: { kvlistValue: {} } },
              ],
              events: [{ name: 'paid', timeUnixNano: '17', attributes: [] }],
              status: { code: 2, message: 'no money' },
            },
          ],
        },
      ],
    },
  ],
};

const manualSpan = (texts: Record<number, string | { kept: string; fullBytes: number }>) =>
  describeFacts({ kind: SpanRecordKind.manual, texts });

describe('semconv/manual', () => {
  it('takes over what the program said of its span', () => {
    const span = manualSpan({ [SpanText.spanData]: JSON.stringify(DATA) });
    assert.deepEqual([span.name, span.kind, span.library], ['checkout', 4, 'shop/cart']);
    assert.deepEqual(span.attributes, { items: 3n, tags: ['a'] });
    assert.deepEqual(span.events, [{ name: 'paid', timeUnixNano: 17n, attributes: [] }]);
    assert.deepEqual([span.statusCode, span.statusMessage], [2, 'no money']);
  });

  it('makes do with the name', () => {
    assert.equal(manualSpan({ [SpanText.name]: 'checkout' }).name, 'checkout');
    const kept = JSON.stringify(DATA).slice(0, 100);
    const cut = { [SpanText.spanData]: { kept, fullBytes: 400 }, [SpanText.name]: 'checkout' };
    assert.deepEqual([manualSpan(cut).name, manualSpan(cut).kind], ['checkout', 1]);
  });

  it('gives a span for any JSON and any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        manualSpan({ [SpanText.spanData]: text });
        manualSpan({ [SpanText.spanData]: `{"resourceSpans":[{"scopeSpans":[${text}]}]}` });
      }),
    );
  });
});
