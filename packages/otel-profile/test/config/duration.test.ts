// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatDuration, parseDurationMs } from '../../src/config/duration.ts';

describe('config/duration', () => {
  it('reads what Go reads', () => {
    assert.equal(parseDurationMs('1m30s'), 90_000);
    assert.equal(parseDurationMs('500ms'), 500);
    assert.equal(parseDurationMs('1.5h'), 5_400_000);
    assert.equal(parseDurationMs('250us'), 0.25);
  });

  it('takes a bare number for seconds', () => {
    assert.equal(parseDurationMs('30'), 30_000);
  });

  it('refuses everything else', () => {
    for (const text of ['', 's', '1x', '-1s', '1 s', '1s2', '1m-2s', 'NaN']) {
      assert.equal(parseDurationMs(text), undefined, text);
    }
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seconds) => {
        assert.equal(parseDurationMs(formatDuration(seconds * 1000)), seconds * 1000);
      }),
    );
  });
});
