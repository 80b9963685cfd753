// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  EVENTS,
  OFF_CPU,
  ON_CPU,
  type ProfileFrame,
  profilerKinds,
} from '../../src/profiles/frame.ts';
import { ProfileBatch } from '../../src/profiles/profileBatch.ts';
import { readSamples } from '../support/decodedProfiles.ts';
import { decodeOfficially, officialTypes } from '../support/officialTypes.ts';
import { sampleOf, sourceOf, type Tables } from '../support/sampleSource.ts';

const ORIGIN_NS = 1_795_262_983_935_130_561n;
const SCOPE = { name: 'otel-profile', version: '0.1.0' };

function batchOf(tables: Tables, maxRequestBytes?: number): ProfileBatch {
  return new ProfileBatch({
    source: sourceOf(tables),
    kinds: profilerKinds(97),
    scope: SCOPE,
    timeOriginNs: ORIGIN_NS,
    ...(maxRequestBytes === undefined ? {} : { maxRequestBytes }),
  });
}

describe('profiles/profileBatch: decoded by the official Go types', () => {
  let program = '';

  before(function () {
    const built = officialTypes();
    if (built === undefined) this.skip();
    program = built;
  });

  function encodeOne(batch: ProfileBatch): unknown {
    const requests = batch.encode();
    assert.equal(requests.length, 1);
    return decodeOfficially(program, 'profiles', requests[0]!.bytes);
  }

  it('keeps every field of frames, mappings, functions and samples', () => {
    const mapping = {
      fileName: '/usr/bin/app',
      memoryStart: 0x400000,
      memoryLimit: 0x7fff_ffff_f000n,
      fileOffset: 4096,
      buildIdGnu: '8f2a',
      buildIdGo: 'go/build/id',
      buildIdHtlhash: 'caf6e5907166ac76eef618e5f7f59cd9',
    };
    const batch = batchOf({
      frames: [
        { kind: 'kernel', address: 0xffff_ffff_8100_0010n, functionName: 'do_syscall_64' },
        { kind: 'native', mapping, address: 0x1234 },
        {
          kind: 'native',
          mapping,
          address: 0x2345,
          functionName: 'std::run()',
          systemName: '_ZSt3runv',
          functionStartLine: 7,
          fileName: 'run.cc',
          line: 12,
          column: 3,
        },
      ],
      stacks: [[], [0, 1, 2]],
      resources: [
        { 'process.pid': 42, 'container.id': 'c0ffee', ok: true, ratio: 0.5, list: ['a'] },
      ],
      names: ['', 'worker'],
      labels: [{}, { 'http.route': '/a' }],
      links: [
        { traceId: new Uint8Array(16), spanId: new Uint8Array(8) },
        { traceId: new Uint8Array(16).fill(1), spanId: new Uint8Array(8).fill(2) },
      ],
    });
    batch.add(
      sampleOf({
        stackId: 1,
        timeNs: 5e9,
        threadId: 43,
        nameId: 1,
        cpu: 3,
        labelsId: 1,
        linkId: 1,
      }),
    );
    const decoded = encodeOne(batch) as { dictionary: Record<string, unknown[]> };
    const [sample] = readSamples(decoded);
    assert.deepEqual(sample!.frames, [
      ['kernel', '', '18446744071578845200', 'do_syscall_64', '', 0, 0],
      ['native', '/usr/bin/app', '4660', '', '', 0, 0],
      ['native', '/usr/bin/app', '9029', 'std::run()', 'run.cc', 12, 3],
    ]);
    assert.deepEqual(sample!.resource, {
      'process.pid': 42,
      'container.id': 'c0ffee',
      ok: true,
      ratio: 0.5,
      list: ['a'],
    });
    assert.deepEqual(sample!.attributes, {
      'thread.id': 43,
      'thread.name': 'worker',
      'cpu.logical_number': 3,
      'http.route': '/a',
    });
    assert.deepEqual(sample!.times, [ORIGIN_NS + 5_000_000_000n]);
    assert.deepEqual(sample!.values, []);
    assert.equal(sample!.link.traceId, Buffer.alloc(16, 1).toString('base64'));
    assert.equal(sample!.link.spanId, Buffer.alloc(8, 2).toString('base64'));
    const { mappingTable, functionTable, stringTable, attributeTable } = decoded.dictionary;
    const { attributeIndices, filenameStrindex, ...range } = mappingTable![1] as {
      attributeIndices: number[];
      filenameStrindex: number;
    };
    assert.deepEqual(range, {
      memoryStart: '4194304',
      memoryLimit: '140737488351232',
      fileOffset: '4096',
    });
    assert.equal(attributeIndices.length, 3);
    assert.equal(stringTable![filenameStrindex], '/usr/bin/app');
    assert.ok(JSON.stringify(attributeTable).includes('caf6e5907166ac76eef618e5f7f59cd9'));
    const named = functionTable!.map((f) => stringTable![(f as never)['systemNameStrindex'] ?? 0]);
    assert.ok(named.includes('_ZSt3runv'));
  });

  it('begins every table with its zero value', () => {
    const frames: ProfileFrame[] = [{ kind: 'go', functionName: 'main.main' }];
    const batch = batchOf({ frames, stacks: [[], [0]], resources: [{}] });
    batch.add(sampleOf({ stackId: 1 }));
    const { dictionary } = encodeOne(batch) as { dictionary: Record<string, unknown[]> };
    for (const table of ['mapping', 'location', 'function', 'link', 'attribute', 'stack'])
      assert.deepEqual(dictionary[`${table}Table`]![0], {}, table);
    assert.equal(dictionary['stringTable']![0], '');
  });

  it('writes type, unit, period and time of each kind of samples', () => {
    const batch = batchOf({ frames: [{ kind: 'go' }], stacks: [[], [0]], resources: [{}] });
    batch.add(sampleOf({ kind: ON_CPU, stackId: 1, timeNs: 10 }));
    batch.add(sampleOf({ kind: OFF_CPU, stackId: 1, timeNs: 30, value: 123_456 }));
    batch.add(sampleOf({ kind: EVENTS, stackId: 1, timeNs: 20 }));
    const requests = batch.encode({ startNs: ORIGIN_NS - 5n, endNs: ORIGIN_NS + 25n });
    const samples = readSamples(decodeOfficially(program, 'profiles', requests[0]!.bytes));
    assert.deepEqual(
      samples.map((s) => [s.type, s.values, s.profile.period ?? '0']),
      [
        ['samples/count', [], '10309278'],
        ['off_cpu/nanoseconds', [123_456n], '0'],
        ['events/count', [], '0'],
      ],
    );
    for (const { profile } of samples) {
      assert.equal(BigInt(profile.timeUnixNano), ORIGIN_NS - 5n);
      // Widened to the latest sample, which must lie within.
      assert.equal(BigInt(profile.durationNano), 36n);
    }
  });

  it('makes inlined frames lines of the location of the function they are in', () => {
    const mapping = { fileName: 'app' };
    const frames: ProfileFrame[] = [
      { kind: 'native', mapping, address: 8, functionName: 'a', inlined: true },
      { kind: 'native', mapping, address: 8, functionName: 'b', inlined: true },
      { kind: 'native', mapping, address: 8, functionName: 'c' },
      { kind: 'native', mapping, address: 9, functionName: 'main' },
    ];
    const batch = batchOf({
      frames,
      stacks: [[], [0, 1, 2, 3], [2, 3], [1, 2, 3]],
      resources: [{}],
    });
    for (const stackId of [1, 2, 3]) batch.add(sampleOf({ stackId }));
    const decoded = encodeOne(batch) as { dictionary: { locationTable: unknown[] } };
    const names = readSamples(decoded).map((s) => s.frames.map((frame) => frame[3]).join(' '));
    assert.deepEqual(names, ['a b c main', 'c main', 'b c main']);
    // a+b+c, c, b+c, main, and the zero value.
    assert.equal(decoded.dictionary.locationTable.length, 5);
  });

  it('makes equal samples one with several timestamps, and groups by resource', () => {
    const tables = {
      frames: [{ kind: 'go', functionName: 'f' }],
      stacks: [[], [0], [0, 0]],
      resources: [{ 'process.pid': 1 }, { 'process.pid': 2 }],
    };
    const batch = batchOf(tables);
    for (let i = 0; i < 10; i++)
      batch.add(sampleOf({ stackId: 1 + (i % 2), resourceId: Math.floor(i / 5), timeNs: i }));
    const decoded = encodeOne(batch) as { resourceProfiles: unknown[] };
    assert.equal(decoded.resourceProfiles.length, 2);
    const samples = readSamples(decoded);
    assert.deepEqual(
      samples.map((s) => s.times.length),
      [3, 2, 3, 2],
    );
    assert.equal(batch.sampleCount, 0);
    assert.deepEqual(batch.encode(), []);
  });

  it('starts anew after a source that threw', () => {
    const tables = {
      frames: [{ kind: 'go', functionName: 'f' }],
      stacks: [[], [0]],
      resources: [{}],
    };
    const batch = batchOf(tables);
    batch.add(sampleOf({ stackId: 1 }));
    batch.add(sampleOf({ stackId: 7, timeNs: 1 }));
    assert.throws(() => batch.encode());
    assert.equal(batch.sampleCount, 0);
    batch.add(sampleOf({ stackId: 1, timeNs: 5 }));
    const samples = readSamples(encodeOne(batch));
    assert.deepEqual(
      samples.map((s) => s.times),
      [[ORIGIN_NS + 5n]],
    );
  });

  it('splits what is too large for a collector, and loses nothing', () => {
    const frames = Array.from({ length: 400 }, (_, i) => ({
      kind: 'native',
      functionName: `function_with_a_name_${i}`,
    }));
    const stacks = frames.map((_, i) => [i, (i * 7) % 400, (i * 11) % 400]);
    const batch = batchOf({ frames, stacks, resources: [{ pid: 1 }, { pid: 2 }] }, 4_096);
    for (let i = 0; i < 20_000; i++)
      batch.add(sampleOf({ stackId: i % 400, resourceId: i % 2, timeNs: i, threadId: i % 3 }));
    const requests = batch.encode();
    assert.ok(requests.length > 10);
    const times = new Set<bigint>();
    for (const { bytes, sampleCount } of requests) {
      assert.ok(bytes.length < 8_192, `${bytes.length} bytes`);
      const read = readSamples(decodeOfficially(program, 'profiles', bytes)).flatMap(
        (s) => s.times,
      );
      assert.equal(read.length, sampleCount);
      for (const time of read) times.add(time - ORIGIN_NS);
    }
    assert.equal(times.size, 20_000);
  });

  it('gives back exactly the samples that went in, whatever they are', () => {
    const sample = fc.record({
      kind: fc.nat(2),
      resourceId: fc.nat(2),
      stackId: fc.nat(4),
      timeNs: fc.nat({ max: 2 ** 52 }),
      value: fc.nat({ max: 2 ** 52 }),
      threadId: fc.nat(3),
      cpu: fc.integer({ min: -1, max: 2 }),
    });
    const frames: ProfileFrame[] = Array.from({ length: 5 }, (_, i) => ({
      kind: 'native',
      address: i + 1,
      functionName: `f${i}`,
    }));
    const tables = {
      frames,
      stacks: [[], [0], [0, 1], [1, 0], [4, 3, 2]],
      resources: [{ p: 0 }, { p: 1 }, { p: 2 }],
    };
    const key = (
      type: string,
      p: unknown,
      stack: string,
      time: bigint,
      value: bigint,
      thread: unknown,
      cpu: unknown,
    ) => [type, p, stack, time, value, thread, cpu].join(' ');
    const types = ['samples/count', 'off_cpu/nanoseconds', 'events/count'];
    const run = fc.asyncProperty(
      fc.array(sample, { minLength: 1, maxLength: 60 }),
      async (given) => {
        const batch = batchOf(tables);
        for (const one of given) batch.add(sampleOf(one));
        const read = readSamples(encodeOne(batch)).flatMap((s) =>
          s.times.map((time, i) => {
            const stack = s.frames.map((frame) => frame[3]).join(',');
            const cpu = s.attributes['cpu.logical_number'] ?? -1;
            return key(
              s.type,
              s.resource['p'],
              stack,
              time,
              s.values[i] ?? 1n,
              s.attributes['thread.id'],
              cpu,
            );
          }),
        );
        const wanted = given.map((s) => {
          const stack = tables.stacks[s.stackId]!.map((id) => `f${id}`).join(',');
          const time = ORIGIN_NS + BigInt(s.timeNs);
          return key(types[s.kind]!, s.resourceId, stack, time, BigInt(s.value), s.threadId, s.cpu);
        });
        assert.deepEqual(read.sort(), wanted.sort());
      },
    );
    return fc.assert(run, { numRuns: 40 });
  });
});
