// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { Probabilistic } from '../../src/agent/probabilistic.ts';
import { SampleBudget } from '../../src/reporter/sampleBudget.ts';

describe('agent/probabilistic', () => {
  function drawn(threshold: number, numbers: readonly number[]): boolean[] {
    const calls: boolean[] = [];
    let next = 0;
    const it = new Probabilistic(
      { probabilisticThreshold: threshold, probabilisticIntervalMs: 60_000 },
      (isPaused) => calls.push(isPaused),
      () => {},
      () => numbers[next++]! / 100,
    );
    for (const _ of numbers) it.draw();
    return calls;
  }

  it('samples when the threshold is greater than the number drawn', () => {
    assert.deepEqual(drawn(50, [49]), []);
    assert.deepEqual(drawn(50, [50]), [true]);
    assert.deepEqual(drawn(1, [0, 1, 99, 0]), [true, false]);
  });

  it('asks for nothing that is so already', () => {
    assert.deepEqual(drawn(50, [80, 90, 10, 20]), [true, false]);
  });
});

describe('reporter/sampleBudget', () => {
  it('hands on so many samples of each process, and counts the others', () => {
    let taken = 0;
    const budget = new SampleBudget({ sample: () => taken++ }, 2);
    const sample = (resourceId: number) =>
      budget.sample({ resourceId } as Parameters<typeof budget.sample>[0]);
    for (const id of [1, 1, 1, 2, 1]) sample(id);
    assert.deepEqual([taken, budget.dropped], [3, 2]);
    budget.renew();
    sample(1);
    assert.deepEqual([taken, budget.dropped], [4, 2]);
  });
});
