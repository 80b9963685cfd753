// SPDX-License-Identifier: Apache-2.0
// OTLP's JSON: the specification's example, wrong values, and whatever else may come.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  decodeMessage,
  JsonMessageError,
  OTLP_EXPORT_PROFILES_SERVICE_REQUEST,
  OTLP_EXPORT_TRACE_SERVICE_REQUEST,
  protobufOfJson,
} from '../../src/index.ts';

/** The example of the specification's repository (opentelemetry-proto, examples/trace.json), cut. */
const TRACE = {
  resourceSpans: [
    {
      resource: {
        attributes: [{ key: 'service.name', value: { stringValue: 'my.service' } }],
      },
      scopeSpans: [
        {
          scope: { name: 'my.library', version: '1.0.0' },
          spans: [
            {
              traceId: '5B8EFFF798038103D269B633813FC60C',
              spanId: 'EEE19B7EC3C1B174',
              parentSpanId: 'EEE19B7EC3C1B173',
              name: 'I\u2019m a server span',
              startTimeUnixNano: '1544712660000000000',
              endTimeUnixNano: 1544712661000000000,
              kind: 2,
              attributes: [
                { key: 'n', value: { intValue: '9007199254740993' } },
                { key: 'd', value: { doubleValue: 'NaN' } },
                { key: 'b', value: { bytesValue: 'AQID' } },
                { key: 'l', value: { arrayValue: { values: [{ boolValue: true }] } } },
              ],
              status: null,
            },
          ],
        },
      ],
    },
  ],
};

describe("OTLP's JSON form", () => {
  it('says what the same message says in protobuf', () => {
    const text = JSON.stringify(TRACE);
    const bytes = protobufOfJson(OTLP_EXPORT_TRACE_SERVICE_REQUEST, text);
    const { resourceSpans } = decodeMessage(OTLP_EXPORT_TRACE_SERVICE_REQUEST, bytes);
    const { resource, scopeSpans } = resourceSpans[0]!;
    assert.equal(resource!.attributes[0]!.value!.stringValue, 'my.service');
    const span = scopeSpans[0]!.spans[0]!;
    assert.equal(Buffer.from(span.traceId).toString('hex'), '5b8efff798038103d269b633813fc60c');
    assert.equal(Buffer.from(span.parentSpanId).toString('hex'), 'eee19b7ec3c1b173');
    assert.equal(span.startTimeUnixNano, 1_544_712_660_000_000_000n);
    assert.equal(span.endTimeUnixNano, 1_544_712_661_000_000_000n);
    assert.deepEqual([span.kind, span.status], [2, undefined]);
    const values = span.attributes.map(({ value }) => value!);
    assert.equal(values[0]!.intValue, 9_007_199_254_740_993n);
    assert.ok(Number.isNaN(values[1]!.doubleValue));
    assert.deepEqual([...values[2]!.bytesValue!], [1, 2, 3]);
    assert.equal(values[3]!.arrayValue!.values[0]!.boolValue, true);
  });

  it('says where a wrong value stands', () => {
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [[], /^an object is expected, not \[\]/],
      [{ resourceSpans: {} }, /^resourceSpans: an array is expected, not \{\}/],
      [{ resourceSpans: [null] }, /^resourceSpans\[0\]: an object is expected, not null/],
      [{ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 'xyz0' }] }] }] }, /traceId: "xyz0"/],
      [{ resourceSpans: [{ scopeSpans: [{ spans: [{ kind: 'SERVER' }] }] }] }, /kind: "SERVER"/],
      [
        { resourceSpans: [{ scopeSpans: [{ spans: [{ flags: -1 }] }] }] },
        /flags: -1 is no fixed32/,
      ],
    ];
    for (const [value, message] of cases) {
      const text = JSON.stringify(value);
      assert.throws(() => protobufOfJson(OTLP_EXPORT_TRACE_SERVICE_REQUEST, text), { message });
    }
    assert.throws(() => protobufOfJson(OTLP_EXPORT_TRACE_SERVICE_REQUEST, '{'), /^.*no JSON/);
  });

  it('stops at its limits of depth and fields', () => {
    const deep = `${'{"arrayValue":{"values":['.repeat(500)}${']}}'.repeat(500)}`;
    const nested = `{"resourceSpans":[{"resource":{"attributes":[{"value":${deep}}]}}]}`;
    assert.throws(() => protobufOfJson(OTLP_EXPORT_TRACE_SERVICE_REQUEST, nested), /too deep/);
    const many = JSON.stringify({ resourceSpans: new Array(1_000).fill({}) });
    const limits = { fields: 999 };
    assert.throws(() => protobufOfJson(OTLP_EXPORT_TRACE_SERVICE_REQUEST, many, limits), /fields/);
  });

  it('gives bytes that decode, or an error that says why, for any JSON', () => {
    const keys = fc.constantFrom(
      'resourceProfiles',
      'dictionary',
      'stackTable',
      'locationIndices',
      'stringTable',
      'scopeProfiles',
      'profiles',
      'samples',
      'values',
      '__proto__',
      'constructor',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 8 },
        fc.integer(),
        fc.double(),
        fc.string(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, (any) => {
        try {
          const type = OTLP_EXPORT_PROFILES_SERVICE_REQUEST;
          decodeMessage(type, protobufOfJson(type, JSON.stringify(any) ?? ''));
        } catch (error) {
          assert.ok(error instanceof JsonMessageError, String(error));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
