// SPDX-License-Identifier: Apache-2.0
// Sums of hours answer as the samples themselves do, whatever was written or removed meanwhile.
import assert from 'node:assert/strict';
import { type Profile, ProfileBuilder } from '@otelkit/profiles';
import { Store } from '../../src/index.ts';
import { hourWeightsOf } from '../../src/query/hourWeights.ts';
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
      assert.ok(await hourWeightsOf(store).weights('type = 0', fromUs, toUs));
    }
  }

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
