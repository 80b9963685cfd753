// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { ON_CPU, type ProfileSample, profilerKinds } from '@otelkit/otlp';
import { OtlpReporter, type OtlpReporterOptions } from '../../src/reporter/otlpReporter.ts';

const SAMPLE: ProfileSample = {
  kind: ON_CPU,
  resourceId: 1,
  stackId: 1,
  timeNs: 1_000_000,
  value: 1,
  threadId: 7,
  nameId: 0,
  cpu: 0,
  labelsId: 0,
  linkId: 0,
};

/** A reporter whose names come when the test says so. */
function openReporter() {
  /** How many samples each request has. */
  const sent: number[] = [];
  const waiting: (() => void)[] = [];
  let asked: () => void = () => {};
  let reported: () => void = () => {};
  const tables = {
    frame: () => ({ kind: 'native', functionName: 'work' }),
    stack: () => Int32Array.of(0),
    resource: () => ({ 'process.pid': 7 }),
    name: () => '',
    stacks: { forgetExpansions: () => {} },
    nameFrames: async () => {},
    nameKnown: () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        asked();
      }),
  };
  const reporter = new OtlpReporter({
    exporter: { send: (_signal: string, _body: Buffer, count: number) => void sent.push(count) },
    tables,
    kinds: profilerKinds(97),
    scope: { name: 'test', version: '0' },
    intervalMs: 1,
    jitter: 0,
    clockSyncMs: 1_000_000,
    onReport: () => reported(),
  } as unknown as OtlpReporterOptions);
  return {
    reporter,
    sent,
    isAsked: () =>
      new Promise<void>((resolve) => {
        asked = resolve;
        if (waiting.length > 0) resolve();
      }),
    giveNames: () =>
      new Promise<void>((resolve) => {
        reported = resolve;
        waiting.shift()?.();
      }),
  };
}

/** Samples that are told apart by how many they are. */
function take(reporter: OtlpReporter, count: number): void {
  for (let i = 0; i < count; i++) reporter.sample({ ...SAMPLE, threadId: i });
}

describe('reporter/otlpReporter', () => {
  it('keeps for the next report what comes while names are looked up', async () => {
    const { reporter, sent, isAsked, giveNames } = openReporter();
    reporter.start();
    take(reporter, 1);
    await isAsked();
    take(reporter, 2);
    assert.equal(reporter.pendingSamples, 3);
    await giveNames();
    assert.deepEqual(sent, [1]);
    assert.equal(reporter.pendingSamples, 2);
    await isAsked();
    take(reporter, 3);
    reporter.stop();
    await giveNames();
    assert.deepEqual(sent, [1, 2]);
    await reporter.report();
    assert.deepEqual(sent, [1, 2, 3]);
    assert.equal(reporter.pendingSamples, 0);
  });

  it('sends both halves at its end, whether names come or not', async () => {
    const { reporter, sent, isAsked } = openReporter();
    reporter.start();
    take(reporter, 1);
    await isAsked();
    take(reporter, 2);
    reporter.stop();
    await reporter.report();
    assert.deepEqual(sent, [1, 2]);
  });
});
