// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pauseMs } from '../../src/export/backoff.ts';
import { LIMITS } from '../../src/limits.ts';

describe('export/backoff', () => {
  it('doubles up to a ceiling, drawn from the upper half', () => {
    assert.deepEqual(
      [1, 2, 3, 4].map((failures) => pauseMs(failures, undefined, 0)),
      [125, 250, 500, 1_000],
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (n, r) => {
          const pause = pauseMs(n, undefined, r);
          return pause >= LIMITS.retryInitialMs / 2 && pause <= LIMITS.retryMaxMs;
        },
      ),
    );
  });

  it('never comes back before the collector asked for it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.nat(300_000),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (n, asked, r) => {
          return pauseMs(n, asked, r) >= asked;
        },
      ),
    );
  });
});
