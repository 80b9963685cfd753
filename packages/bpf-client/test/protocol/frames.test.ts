// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FrameReader, frameHeader } from '../../src/protocol/frames.ts';

type Frame = readonly [kind: number, requestId: number, payload: string];

function bytesOf(frames: readonly Frame[]): Buffer {
  return Buffer.concat(
    frames.flatMap(([kind, id, text]) => {
      const payload = Buffer.from(text);
      return [frameHeader(kind, id, payload.length), payload];
    }),
  );
}

const frame = fc.tuple(
  fc.integer({ min: 0, max: 255 }),
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.string({ maxLength: 400 }),
);

describe('protocol/frames', () => {
  it('gives the frames that were written, wherever the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }),
        (frames, cuts) => {
          const got: Frame[] = [];
          const reader = new FrameReader(1_000_000, (kind, id, payload) => {
            got.push([kind, id, payload.toString()]);
          });
          const all = bytesOf(frames);
          for (let at = 0, i = 0; at < all.length; i++) {
            const length = cuts[i % cuts.length]!;
            reader.push(all.subarray(at, at + length));
            at += length;
          }
          assert.deepEqual(got, frames);
          assert.equal(reader.pendingBytes, 0);
        },
      ),
    );
  });

  it('refuses a length that no frame has', () => {
    const push = (length: number) => {
      const reader = new FrameReader(100, () => assert.fail('no frame'));
      const bytes = Buffer.alloc(20);
      bytes.writeUInt32LE(length, 0);
      reader.push(bytes);
    };
    assert.throws(() => push(4), RangeError);
    assert.throws(() => push(101), RangeError);
  });
});
