// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Selection } from '../../src/contract.ts';
import { formatState, LIST_FILTERS, parseState } from '../../src/state/urlState.ts';
import { COLORINGS, INITIAL, SORTS, STACKINGS, VIEWS } from '../../src/state/viewState.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const hex = fc.stringMatching(/^[0-9a-f]{16}$/);
const time = fc.integer({ min: 0, max: 4e12 });

const selection: fc.Arbitrary<Selection> = fc
  .record(
    {
      from: time,
      to: time,
      type: text,
      trace: hex,
      span: hex,
      cpu: fc.uniqueArray(fc.nat({ max: 999 }), { minLength: 1, maxLength: 4 }),
      ...Object.fromEntries(
        LIST_FILTERS.map((name) => [name, fc.uniqueArray(text, { minLength: 1, maxLength: 3 })]),
      ),
    },
    { requiredKeys: [] },
  )
  .map((record) => record as Selection);

const state = fc.record(
  {
    view: fc.constantFrom(...VIEWS),
    selection,
    base: selection,
    last: fc.nat(),
    zoom: fc.oneof(fc.constant(''), hex),
    fn: fc.oneof(fc.constant(''), text),
    module: fc.oneof(fc.constant(''), text),
    q: fc.oneof(fc.constant(''), text),
    color: fc.constantFrom(...COLORINGS),
    up: fc.boolean(),
    inlined: fc.boolean(),
    by: fc.constantFrom(...STACKINGS),
    sort: fc.constantFrom(...SORTS),
    table: fc.boolean(),
    open: fc.oneof(fc.constant(''), hex),
    openSpan: fc.oneof(fc.constant(''), hex),
    errors: fc.boolean(),
    minMs: fc.nat(),
  },
  { noNullPrototype: true },
);

describe('the URL', () => {
  it('holds every state', () => {
    fc.assert(
      fc.property(state, (before) => {
        const after = parseState(formatState(before));
        const clean = JSON.parse(JSON.stringify(before));
        assert.deepEqual(after, clean);
      }),
    );
  });

  it('is empty for the first view', () => {
    assert.equal(formatState(INITIAL), '');
    assert.deepEqual(parseState(''), INITIAL);
  });

  it('may hold anything: what makes no sense is left out', () => {
    const query =
      'view=nothing&from=yesterday&to=-1&cpu=x&cpu=3&zoom=../..&span=%3Cb%3E&sort=up&last=1e9&color=red';
    assert.deepEqual(parseState(query), { ...INITIAL, selection: { cpu: [3] } });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (any) => {
        const once = parseState(any);
        assert.deepEqual(parseState(formatState(once)), once);
      }),
    );
  });
});
