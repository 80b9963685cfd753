// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CHANGE_STEPS, changeOf, changeStep, shareError } from '../../src/layout/difference.ts';
import { random } from '../fixture/workload.ts';

describe('a change', () => {
  const whole = { weight: 1_000, samples: 1_000 };

  it('is grey within the sampling error and coloured beyond it', () => {
    assert.equal(changeStep(changeOf(100, whole, 105, whole)), 0);
    assert.ok(changeStep(changeOf(300, whole, 100, whole)) > 0);
    assert.ok(changeStep(changeOf(100, whole, 300, whole)) < 0);
    assert.equal(changeStep(changeOf(200, whole, 0, whole)), CHANGE_STEPS);
    assert.equal(changeStep(changeOf(0, whole, 200, whole)), -CHANGE_STEPS);
  });

  it('compares shares, so that a longer run alone is no growth', () => {
    const long = { weight: 10_000, samples: 10_000 };
    const change = changeOf(3_000, long, 300, whole);
    assert.equal(change.delta, 0);
    assert.equal(change.isCertain, false);
  });

  it('has an error that about 95 of 100 repetitions keep', () => {
    const next = random(7);
    let kept = 0;
    const rounds = 2_000;
    for (let round = 0; round < rounds; round++) {
      let seen = 0;
      for (let sample = 0; sample < 400; sample++) if (next() < 0.2) seen++;
      const error = shareError(seen, { weight: 400, samples: 400 });
      if (Math.abs(seen / 400 - 0.2) <= error) kept++;
    }
    assert.ok(kept / rounds > 0.93 && kept / rounds < 0.98, String(kept / rounds));
  });

  it('stays within its steps for any weights', () => {
    const weight = fc.double({ min: 0, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(weight, weight, weight, weight, fc.nat(), (one, two, all, baseAll, samples) => {
        const change = changeOf(one, { weight: all, samples }, two, { weight: baseAll, samples });
        assert.ok(Math.abs(changeStep(change)) <= CHANGE_STEPS);
        assert.ok(change.error >= 0);
      }),
    );
  });
});
