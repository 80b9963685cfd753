// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dispatchFrame } from '../../src/process/dispatch.ts';
import { forEachName } from '../../src/protocol/names.ts';
import { forEachProcessEvent } from '../../src/protocol/processEvents.ts';
import { forEachRawCopy } from '../../src/protocol/rawCopies.ts';
import { LINK_BYTES, parseSamples, sampleBatchBytes } from '../../src/protocol/samples.ts';
import { forEachTrace } from '../../src/protocol/traces.ts';

describe('protocol/samples', () => {
  for (const count of [1, 2, 3]) {
    it(`reads ${count} samples by columns that begin 8-byte aligned`, () => {
      const bytes = Buffer.alloc(sampleBatchBytes(count));
      bytes.writeUInt32LE(count, 0);
      for (let i = 0; i < count; i++) {
        bytes.writeBigUInt64LE(BigInt(1000 + i), 8 + 8 * i);
        bytes.writeBigUInt64LE(BigInt(i), 8 + 8 * count + 8 * i);
      }
      const narrow = (column: number) => 8 + 16 * count + column * ((4 * count + 7) & ~7);
      for (let column = 0; column < 7; column++) {
        for (let i = 0; i < count; i++) {
          bytes.writeUInt32LE(column * 100 + i, narrow(column) + 4 * i);
        }
      }
      const batch = parseSamples(bytes);
      const last = count - 1;
      assert.equal(batch.timeNs[last], BigInt(1000 + last));
      assert.equal(batch.value[last], BigInt(last));
      const { traceId, pid, tid, nameId, cpu, kindAndProbe, generation } = batch;
      [traceId, pid, tid, nameId, cpu, kindAndProbe, generation].forEach((column, i) => {
        assert.deepEqual([column.length, column[last]], [count, i * 100 + last]);
      });
    });
  }

  it('reads the spans of samples behind the columns, where there are any', () => {
    const count = 3;
    const columnBytes = 16;
    const columns = Buffer.alloc(sampleBatchBytes(count) + columnBytes);
    columns.writeUInt32LE(count, 0);
    [0, 2, 1].forEach((link, i) => {
      columns.writeUInt32LE(link, sampleBatchBytes(count) + 4 * i);
    });
    const links = Buffer.from(Array.from({ length: 2 * LINK_BYTES }, (_, i) => i));
    const batch = parseSamples(Buffer.concat([columns, links]));
    assert.deepEqual([...batch.link], [0, 2, 1]);
    assert.deepEqual(batch.links, links);
    const without = parseSamples(columns.subarray(0, sampleBatchBytes(count)));
    assert.deepEqual([without.link.length, without.links.length], [0, 0]);
  });

  it('refuses a count that the payload does not hold', () => {
    const bytes = Buffer.alloc(64);
    bytes.writeUInt32LE(1_000_000, 0);
    assert.throws(() => parseSamples(bytes), RangeError);
    assert.equal(parseSamples(Buffer.alloc(0)).count, 0);
  });
});

describe('protocol/traces', () => {
  it('reads traces one after the other', () => {
    const one = (id: number, words: readonly number[]): Buffer => {
      const bytes = Buffer.alloc(12 + 4 * words.length);
      bytes.writeUInt32LE(id, 0);
      bytes.writeUInt8(1, 4);
      bytes.writeUInt16LE(1, 6);
      bytes.writeUInt16LE(words.length / 2 - 1, 8);
      words.forEach((word, i) => {
        bytes.writeUInt32LE(word, 12 + 4 * i);
      });
      return bytes;
    };
    const got: [number, number, number[]][] = [];
    const payload = Buffer.concat([one(7, [1, 2, 3, 4]), one(8, [5, 6])]);
    forEachTrace(payload, ({ id, userFrames, words }) => got.push([id, userFrames, [...words]]));
    assert.deepEqual(got, [
      [7, 1, [1, 2, 3, 4]],
      [8, 0, [5, 6]],
    ]);
  });
});

describe('protocol/processEvents', () => {
  it('reads texts and mappings', () => {
    const texts = Buffer.alloc(24 + 8 + 9);
    texts.writeUInt16LE(texts.length, 0);
    texts.writeUInt8(3, 2);
    texts.writeUInt32LE(42, 4);
    texts.writeBigUInt64LE(99n, 16);
    [2, 4, 3].forEach((length, i) => {
      texts.writeUInt16LE(length, 24 + 2 * i);
    });
    texts.write('sh/bin/cg', 32);
    const mapping = Buffer.alloc(24 + 32);
    mapping.writeUInt16LE(mapping.length, 0);
    mapping.writeUInt8(6, 2);
    mapping.writeBigUInt64LE(0x7f00_0000_1000n, 24);
    mapping.writeBigUInt64LE(0x7f00_0000_2000n, 32);
    mapping.writeBigUInt64LE(0x3000n, 40);
    mapping.writeUInt32LE(5, 48);
    const seen: unknown[] = [];
    forEachProcessEvent(Buffer.concat([texts, mapping]), (event) => {
      if (event.type === 6) seen.push([event.start, event.end, event.fileOffset, event.fileRef]);
      else
        seen.push([event.pid, event.timeNs, `${event.comm}`, `${event.path}`, `${event.cgroup}`]);
    });
    assert.deepEqual(seen, [
      [42, 99n, 'sh', '/bin', '/cg'],
      [0x7f00_0000_1000, 0x7f00_0000_2000, 0x3000, 5],
    ]);
  });
});

describe('protocol/rawCopies', () => {
  it('gives what each stands for its value', () => {
    const record = (standsFor: bigint) => {
      const bytes = Buffer.alloc(4 + 64 + 18 * 8);
      bytes.writeUInt32LE(bytes.length - 4);
      bytes.writeBigUInt64LE(standsFor, 4 + 32);
      return bytes;
    };
    const seen: unknown[] = [];
    const both = Buffer.concat([record(1n), record((2_500_000n << 8n) | 3n)]);
    forEachRawCopy(both, 'x64', ({ kind, value }) => seen.push([kind, value]));
    assert.deepEqual(seen, [
      [1, 1],
      [3, 2_500_000],
    ]);
  });
});

describe('protocol of damaged payloads', () => {
  it('is an answer or a RangeError, never anything else', () => {
    const readers = [
      (bytes: Buffer) => parseSamples(bytes),
      (bytes: Buffer) => forEachTrace(bytes, () => {}),
      (bytes: Buffer) => forEachProcessEvent(bytes, () => {}),
      (bytes: Buffer) => forEachRawCopy(bytes, 'x64', () => {}),
      (bytes: Buffer) => forEachName(bytes, () => {}),
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const read of readers) {
          try {
            read(Buffer.from(bytes));
          } catch (error) {
            assert.ok(error instanceof RangeError, String(error));
          }
        }
      }),
    );
  });

  it('passes over kinds that it does not know', () => {
    dispatchFrame(0x7f, Buffer.from('whatever'), {});
  });
});
