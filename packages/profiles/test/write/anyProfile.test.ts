// SPDX-License-Identifier: Apache-2.0
// Whatever a profile holds, every format tells the same total.
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { ProtoReader } from '@otelkit/otlp';
import fc from 'fast-check';
import type { Profile } from '../../src/model/profile.ts';
import { ProfileBuilder } from '../../src/model/profileBuilder.ts';
import { topTable } from '../../src/table/topTable.ts';
import { writeFolded } from '../../src/write/folded.ts';
import { writeOtlp } from '../../src/write/otlpFile.ts';
import { writePprof } from '../../src/write/pprof.ts';
import { writeSpeedscope } from '../../src/write/speedscope.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('main', '', ';', '\n', '\udc80', 'a b 1'),
);
const frame = fc.record(
  {
    kind: fc.constantFrom('native', 'kernel', 'go'),
    mapping: fc.record({ fileName: text, buildIdGnu: text }),
    address: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    functionName: text,
    systemName: text,
    fileName: text,
    line: fc.nat(),
    inlined: fc.boolean(),
  },
  { requiredKeys: ['kind'] },
);
const index = fc.nat({ max: 1_000 });
const sample = fc.record({
  stack: index,
  process: index,
  thread: index,
  value: fc.integer({ min: 1, max: 9 }),
});

const anyProfile = fc
  .tuple(
    fc.array(frame, { minLength: 1, maxLength: 8 }),
    fc.array(fc.array(index, { maxLength: 6 }), { minLength: 1, maxLength: 6 }),
    fc.array(fc.tuple(fc.nat({ max: 99_999 }), text), { minLength: 1, maxLength: 3 }),
    fc.array(sample, { maxLength: 20 }),
  )
  .map(([frames, stacks, processes, samples]): Profile => {
    const builder = new ProfileBuilder([{ type: 'samples', unit: 'count' }]);
    const at = <T>(list: readonly T[], i: number): T => list[i % list.length]!;
    const frameIds = frames.map((one) => builder.frame(one));
    const stackIds = stacks.map((stack) => builder.stack(stack.map((i) => at(frameIds, i))));
    const processIds = processes.map(([pid, name]) =>
      builder.process({ pid, name, executable: name, containerId: '', serviceName: '' }),
    );
    for (const [i, one] of samples.entries()) {
      builder.sample({
        kind: 0,
        stack: at(stackIds, one.stack),
        process: at(processIds, one.process),
        threadId: one.thread,
        threadName: builder.string(`thread ${one.thread % 3}`),
        value: one.value,
        timeNs: i * 1_000,
        cpu: i % 4,
      });
    }
    return builder.finish(1_800_000_000_000_000_000n, 1e9);
  });

function pprofTotal(bytes: Buffer): number {
  const reader = new ProtoReader(gunzipSync(bytes));
  let total = 0;
  while (reader.next()) {
    if (reader.field !== 2 || reader.wireType !== 2) {
      reader.skip();
      continue;
    }
    const message = reader.message();
    while (message.next()) {
      if (message.field === 2) total += message.message().number();
      else message.skip();
    }
  }
  return total;
}

function foldedTotal(lines: string): number {
  let total = 0;
  for (const line of lines.split('\n').filter((one) => one !== '')) {
    const match = /^([^\n]*) (\d+)$/.exec(line);
    assert.ok(match !== null, JSON.stringify(line));
    total += Number(match[2]);
  }
  return total;
}

describe('any profile', () => {
  it('has the same total in every format', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const total = profile.samples.value.reduce((sum, value) => sum + value, 0);
        assert.equal(foldedTotal([...writeFolded(profile, { kind: 0 })].join('')), total);
        assert.equal(topTable(profile, { kind: 0 }).sum, total);
        assert.equal(pprofTotal(writePprof(profile, { kind: 0 })), total);
        const options = { name: 'any', exporter: 'test' };
        const document = JSON.parse([...writeSpeedscope(profile, options)].join('')) as {
          profiles: { endValue: number }[];
        };
        assert.equal(document.profiles[0]!.endValue, total);
        const otlp = writeOtlp(profile, { scope: { name: 'test', version: '1' } });
        assert.equal(otlp.length > 0, profile.samples.count > 0);
      }),
      { numRuns: 300 },
    );
  });
});
