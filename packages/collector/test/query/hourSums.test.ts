// SPDX-License-Identifier: Apache-2.0
// Sums of hours answer as the samples themselves do, whatever was written or removed meanwhile.
import assert from 'node:assert/strict';
import { type Profile, ProfileBuilder } from '@otelkit/profiles';
import { Store } from '../../src/index.ts';
import { hourSumsOf, STACK_SUM } from '../../src/query/hourSums.ts';
import { stackWeights } from '../../src/query/weights.ts';
import { applyRetention } from '../../src/store/retention.ts';
import { START_MS, whyNoEngine } from '../support/running.ts';

const HOUR_MS = 3_600_000;
const FIRST_MS = Math.ceil(START_MS / HOUR_MS) * HOUR_MS - HOUR_MS / 2;
const HOURS = 6;

/** A sample every five minutes, of four stacks in turn. */
function hours(): Profile {
  const builder = new ProfileBuilder([{ type: 'samples', unit: 'count' }]);
  const nobody = { pid: 1, name: 'a', executable: '', containerId: '', serviceName: '' };
  const process = builder.process(nobody);
  const stacks = ['a', 'b', 'c', 'd'].map((name, i) =>
    builder.stack([builder.frame({ kind: i === 0 ? 'kernel' : 'native', functionName: name })]),
  );
  for (let i = 0; i < 12 * HOURS; i++) {
    const sample = { kind: 0, stack: stacks[(i * i) % 4]!, process, value: 1, cpu: 0 };
    builder.sample({ ...sample, threadId: 1, threadName: 0, timeNs: i * 300e9 });
  }
  return builder.finish(BigInt(FIRST_MS) * 1_000_000n, HOURS * 3_600e9);
}

describe('sums of hours', () => {
  let store: Store;
  const nowMs = FIRST_MS + HOURS * HOUR_MS;

  beforeEach(async function () {
    if ((await whyNoEngine()) !== undefined) return this.skip();
    store = await Store.open({ folder: undefined });
    store.ingest(hours(), 'host', nowMs);
    await store.flush();
  });
  afterEach(() => store?.close());

  /** Of each stack, by its number. A choice of a process is answered from the samples. */
  async function both(selection: object): Promise<[unknown, unknown]> {
    const of = async (chosen: object): Promise<unknown> => {
      const { stacks, weights, sampleCount } = await stackWeights(store, chosen);
      const pairs = [...stacks].map((stack, i) => [stack, weights[i]]);
      return { sampleCount, pairs: pairs.sort(([a], [b]) => a! - b!) };
    };
    return [await of(selection), await of({ ...selection, process: ['0'] })];
  }

  async function fill(): Promise<void> {
    for (let hour = 0; hour < HOURS; hour++) {
      const fromMs = Math.ceil(FIRST_MS / HOUR_MS) * HOUR_MS + (hour - 1) * HOUR_MS;
      const [fromUs, toUs] = [fromMs * 1_000, (fromMs + 2 * HOUR_MS) * 1_000];
      assert.ok(await hourSumsOf(store).parts(STACK_SUM, 'type = 0', { fromUs, toUs }));
    }
  }

  /** Questions to the engine from here on. */
  function counted(): () => number {
    let count = 0;
    const read = store.read.bind(store);
    store.read = (use) => {
      count++;
      return read(use);
    };
    return () => count;
  }

  it('are made for hours with data only, however long a range is asked for', async () => {
    const questions = counted();
    const end = 9e15;
    for (const range of [
      { from: 0 },
      { from: -9e12, to: 9e12 },
      { from: -1e300, to: 1e300 },
      { from: 1e300, to: -1e300 },
    ]) {
      await stackWeights(store, range);
    }
    assert.ok(questions() <= 4, `${questions()} questions`);
    // A sum of each hour, and one of each end, wherever the range of a caller ends.
    assert.equal(
      await hourSumsOf(store).parts(STACK_SUM, 'type = 0', { fromUs: -end, toUs: end }),
      undefined,
    );
    assert.ok(questions() <= 4);
    await fill();
    const before = questions();
    const { sampleCount } = await stackWeights(store, { from: 0, to: 9e12 });
    assert.equal(sampleCount, 12 * HOURS);
    assert.ok(questions() - before <= 2, `${questions() - before} questions`);
  });

  it('are not made any more once the store is closed', async () => {
    await stackWeights(store, {});
    const questions = counted();
    await store.close();
    await assert.rejects(
      store.read(async () => 0),
      /closed/,
    );
    assert.equal(questions(), 1);
    store = await Store.open({ folder: undefined });
  });

  it('are what the samples say, for any range and kind of frames', async () => {
    await fill();
    for (const selection of [
      {},
      { from: FIRST_MS + 1_200_000 },
      { to: FIRST_MS + 4 * HOUR_MS + 1 },
      { from: FIRST_MS + 1_500_000, to: nowMs - 2_700_000 },
      { kind: ['kernel'] },
      { kind: ['native'], from: FIRST_MS + HOUR_MS },
    ]) {
      const [kept, counted] = await both(selection);
      assert.deepEqual(kept, counted, JSON.stringify(selection));
    }
  });

  it('follow what is written late, and what is removed', async () => {
    await fill();
    store.ingest(hours(), 'host', nowMs);
    await store.flush();
    const [kept, counted] = await both({});
    assert.deepEqual(kept, counted);
    assert.equal((kept as { sampleCount: number }).sampleCount, 2 * 12 * HOURS);
    await fill();
    const rules = { ageMs: 3 * HOUR_MS, bytes: Number.POSITIVE_INFINITY };
    await applyRetention(store, rules, nowMs);
    const [later, samples] = await both({});
    assert.deepEqual(later, samples);
    assert.equal((later as { sampleCount: number }).sampleCount, 2 * 12 * 3);
  });
});
