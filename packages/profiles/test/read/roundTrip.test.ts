// SPDX-License-Identifier: Apache-2.0
// What our writers write, our readers read: the same functions with the same weights.
import assert from 'node:assert/strict';
import { readProfile } from '../../src/read/readProfile.ts';
import { topTable } from '../../src/table/topTable.ts';
import { encodeProfile, type ProfileFormat } from '../../src/write/profileFormat.ts';
import { emptyProfile, sampleProfile } from '../model/sampleProfile.ts';

const TOOL = { name: 'otel-profile', version: '1' };

function bytesOf(format: ProfileFormat, profile = sampleProfile()): Buffer {
  const pieces = encodeProfile(profile, format, { title: 'test', tool: TOOL, kind: 0 });
  return Buffer.concat([...pieces].map((piece) => Buffer.from(piece as string)));
}

/** Names and self weights, the heaviest first; names as text formats can hold them. */
function selfOf(profile: ReturnType<typeof sampleProfile>): [string, number][] {
  const { rows } = topTable(profile, { kind: 0, rows: 100 });
  return rows
    .filter(({ self }) => self > 0)
    .map(({ functionName, self }): [string, number] => [
      functionName.replaceAll(';', ':').replace(/[\x00-\x1f\x7f\udc80\ufffd]/g, ' '),
      self,
    ])
    .sort();
}

describe('reading what was written', () => {
  for (const format of ['pprof', 'otlp'] as const) {
    it(`${format} keeps functions, weights, processes and periods`, () => {
      const file = readProfile(bytesOf(format), '');
      assert.equal(file.format, format);
      assert.deepEqual(file.problems, []);
      assert.deepEqual(selfOf(file.profile), selfOf(sampleProfile()));
      assert.equal(file.profile.kinds[0]!.period, 1e7);
      const pids = new Set(file.profile.processes.map(({ pid }) => pid));
      assert.deepEqual([...pids].sort(), [10, 11]);
      const lines = [...file.profile.frames.line];
      assert.ok(lines.includes(20) && lines.includes(5));
      assert.equal(file.profile.frames.isInlined.filter((is) => is === 1).length, 1);
    });
  }

  it('OTLP keeps the time of each sample, and its thread and CPU', () => {
    const before = sampleProfile();
    const { profile } = readProfile(bytesOf('otlp'), '');
    const times = (from: typeof before): string[] =>
      Array.from(from.samples.timeNs!, (ns) => String(from.startNs + BigInt(ns))).sort();
    assert.deepEqual(times(profile), times(before));
    assert.deepEqual(new Set(profile.samples.cpu), new Set([1]));
    assert.equal(profile.strings[profile.samples.threadName[0]!], 'worker');
  });

  it('folded stacks keep frames and weights, the process in front', () => {
    const { profile, problems, format } = readProfile(bytesOf('folded'), '');
    assert.equal(format, 'folded');
    assert.deepEqual(problems, []);
    const weights = topTable(profile, { kind: 0, rows: 100 });
    assert.equal(weights.sum, 7);
    assert.ok(
      weights.rows.some(({ functionName, total }) => functionName === 'app' && total === 5),
    );
  });

  it('speedscope keeps frames and time', () => {
    const { profile, format } = readProfile(bytesOf('speedscope'), '');
    assert.equal(format, 'speedscope');
    assert.equal(topTable(profile, { kind: 0 }).sum, 7e7);
  });

  it('an empty profile stays one', () => {
    for (const format of ['pprof', 'speedscope'] as const) {
      const { profile } = readProfile(bytesOf(format, emptyProfile()), `x.${format}`);
      assert.equal(profile.samples.count, 0, format);
    }
  });
});
