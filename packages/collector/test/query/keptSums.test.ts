// SPDX-License-Identifier: Apache-2.0
// Every view of a range is the same from sums of hours as from the samples.
import assert from 'node:assert/strict';
import { type Profile, ProfileBuilder } from '@otelkit/profiles';
import type { Graph, Selection } from '@otelkit/viewer/contract';
import fc from 'fast-check';
import { jsonBytes } from '../../src/api/json.ts';
import { Store } from '../../src/index.ts';
import { facetsOf } from '../../src/query/facets.ts';
import { graphOf } from '../../src/query/graph.ts';
import { hourSumsOf, MINUTE_SUM, ORIGIN_SUM, STACK_SUM } from '../../src/query/hourSums.ts';
import { timelineOf } from '../../src/query/timeline.ts';
import { topOf } from '../../src/query/top.ts';
import { applyRetention } from '../../src/store/retention.ts';
import { START_MS, whyNoEngine } from '../support/running.ts';

const HOUR_MS = 3_600_000;
const FIRST_MS = START_MS - (START_MS % HOUR_MS) - HOUR_MS / 2;
const HOURS = 6;
const SAMPLES = 3_000;

/** Samples of three services, with threads, CPUs and labels, at times that are not in order. */
function profileOf(seed: number): Profile {
  const builder = new ProfileBuilder([{ type: 'samples', unit: 'count' }]);
  const processes = ['shop', 'cart', ''].map((serviceName, i) =>
    builder.process({ pid: i + 1, name: `p${i}`, executable: '', containerId: '', serviceName }),
  );
  const frames = Array.from({ length: 9 }, (_, i) =>
    builder.frame({ kind: i % 3 === 0 ? 'kernel' : 'native', functionName: `f${i}` }),
  );
  const stacks = frames.map((frame, i) => builder.stack([frame, frames[(i * 5 + 1) % 9]!]));
  for (let i = 0; i < SAMPLES; i++) {
    const random = Math.imul(i + seed, 0x9e3779b1) >>> 0;
    builder.sample({
      kind: 0,
      stack: stacks[random % 9]!,
      process: processes[(random >>> 4) % 3]!,
      value: 1 + (random % 2),
      cpu: ((random >>> 8) % 5) - 1,
      threadId: (random >>> 12) % 4,
      threadName: 0,
      timeNs: ((random >>> 3) % (HOURS * 3_600_000)) * 1e6,
    });
  }
  return builder.finish(BigInt(FIRST_MS) * 1_000_000n, HOURS * 3_600e9);
}

/** Nodes by their path: siblings that weigh the same stand in any order. */
function pathsOf(graph: Graph): string[] {
  const paths: string[] = [];
  for (const [i, parent] of graph.parent.entries()) {
    const name = graph.frames.name[graph.frame[i]!] ?? 0;
    paths.push(`${parent < 0 ? '' : paths[parent]}/${graph.frames.strings[name]}`);
  }
  const own = paths.map((path, i) => `${path} ${graph.self[i]} ${graph.total[i]}`).sort();
  return [...own, `${graph.sampleCount} ${graph.stackCount}`];
}

describe('views of kept sums', () => {
  let kept: Store;
  let plain: Store;
  const nowMs = FIRST_MS + HOURS * HOUR_MS;

  beforeEach(async function () {
    if ((await whyNoEngine()) !== undefined) return this.skip();
    kept = await Store.open({ folder: undefined });
    plain = await Store.open({ folder: undefined });
    hourSumsOf(plain).parts = async () => undefined;
    await take(1);
  });
  afterEach(async () => {
    await kept?.close();
    await plain?.close();
  });

  async function take(seed: number): Promise<void> {
    for (const store of [kept, plain]) {
      store.ingest(profileOf(seed), 'host', nowMs);
      await store.flush();
    }
  }

  /** All sums of all hours, as the background makes them. */
  async function fill(): Promise<void> {
    const { firstUs, endUs } = kept.writes;
    const hourUs = HOUR_MS * 1_000;
    for (let from = Math.ceil(firstUs / hourUs) * hourUs; from + hourUs < endUs; from += hourUs) {
      const range = { fromUs: from, toUs: from + 2 * hourUs };
      for (const sum of [STACK_SUM, ORIGIN_SUM, MINUTE_SUM]) {
        assert.ok(await hourSumsOf(kept).parts<readonly ArrayBufferView[]>(sum, 'type = 0', range));
      }
    }
  }

  async function views(store: Store, selection: Selection, buckets: number): Promise<unknown[]> {
    const by = (['none', 'service', 'kind'] as const)[buckets % 3]!;
    const graph = { selection, base: undefined, nodes: 1_000, inlined: true };
    const top = { selection, base: undefined, limit: 5, sort: 'self' as const, buckets };
    const answers = [
      await timelineOf(store, selection, buckets, by),
      await topOf(store, top),
      await facetsOf(store, selection),
    ];
    const tree = pathsOf(await graphOf(store, graph));
    return [...answers.map((answer) => JSON.parse(String(jsonBytes(answer)))), tree];
  }

  async function same(selection: Selection, buckets: number): Promise<void> {
    const [fromSums, fromSamples] = [kept, plain].map((store) => views(store, selection, buckets));
    assert.deepEqual(await fromSums, await fromSamples);
  }

  const ms = fc.integer({ min: FIRST_MS - HOUR_MS, max: nowMs + HOUR_MS });
  const choice = fc.record(
    {
      from: ms,
      to: ms,
      service: fc.subarray(['shop', 'cart', 'none']),
      cpu: fc.subarray([0, 1, 7]),
      kind: fc.subarray(['kernel', 'native'], { minLength: 1 }),
    },
    { requiredKeys: [] },
  );

  it('are those of the samples, whatever is chosen', async () => {
    await fill();
    await same({}, 7);
    await fc.assert(fc.asyncProperty(choice, fc.integer({ min: 1, max: 60 }), same), {
      numRuns: 40,
    });
  });

  it('are those of the samples where parts are nearly whole minutes', async () => {
    await fill();
    const from = FIRST_MS + HOUR_MS / 2 + 30_000;
    await same({ from, to: from + 4 * HOUR_MS - 0.001 }, 240);
  });

  it('follow what is written late, and what is removed', async () => {
    await fill();
    await take(2);
    for (const buckets of [5, 6, 7]) await same({}, buckets);
    await fill();
    const rules = { ageMs: 3 * HOUR_MS, bytes: Number.POSITIVE_INFINITY };
    for (const store of [kept, plain]) await applyRetention(store, rules, nowMs);
    for (const buckets of [5, 6, 7]) await same({}, buckets);
    await fill();
    await same({ service: ['shop'] }, 6);
  });

  it('come from few questions to the samples, whatever the range is', async () => {
    await fill();
    let questions = 0;
    const read = kept.read.bind(kept);
    kept.read = (use) => {
      questions++;
      return read(use);
    };
    await views(kept, {}, 7);
    // Two ends for each of timeline, weights and sparks of top, origins and kinds, and the tree.
    assert.ok(questions <= 12, `${questions} questions`);
  });
});
