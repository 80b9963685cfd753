// SPDX-License-Identifier: Apache-2.0
// Questions of one page about the same choice share what they are made of, until samples come or go.
import assert from 'node:assert/strict';
import { decodeProfilesRequest } from '@otelkit/otlp';
import { applyRetention, Store } from '../../src/index.ts';
import { stackWeights } from '../../src/query/weights.ts';
import { agentRequest, START_MS, whyNoEngine } from '../support/running.ts';

describe('weights of a choice', () => {
  let store: Store;
  const nowMs = START_MS + 100_000;
  const take = async (startMs: number): Promise<void> => {
    const request = decodeProfilesRequest(agentRequest(startMs));
    store.ingestRequest(request, 'peer', nowMs);
    await store.flush();
  };

  beforeEach(async function () {
    const why = await whyNoEngine();
    if (why !== undefined) {
      console.log(`skip: ${why}`);
      return this.skip();
    }
    store = await Store.open({ folder: undefined });
    await take(START_MS);
  });
  afterEach(() => store?.close());

  it('are read once, also by questions at the same time', async () => {
    const chosen = { thread: ['worker', 'none'] };
    const [one, other] = await Promise.all([
      stackWeights(store, chosen),
      stackWeights(store, { ...chosen }),
    ]);
    assert.equal(one, other);
    assert.equal(one.sampleCount, 100);
    assert.equal(await stackWeights(store, chosen), one);
  });

  it('are those of now after a write, and after a removal', async () => {
    const count = async (): Promise<number> => (await stackWeights(store, {})).sampleCount;
    assert.equal(await count(), 100);
    await take(START_MS + 50_000);
    assert.equal(await count(), 200);
    const rules = { ageMs: 80_000, bytes: Number.POSITIVE_INFINITY };
    await applyRetention(store, rules, nowMs);
    assert.equal(await count(), 100);
  });

  it('of a choice that cannot be answered are asked for again', async () => {
    const chosen = { type: 'no such type:count' };
    await assert.rejects(stackWeights(store, chosen), /is not there/);
    await assert.rejects(stackWeights(store, chosen), /is not there/);
    assert.equal((await stackWeights(store, {})).sampleCount, 100);
  });
});
