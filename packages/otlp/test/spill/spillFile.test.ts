// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeSpill, decodeSpillHeader, encodeSpill } from '../../src/spill/spillFile.ts';

describe('spill/spillFile', () => {
  const header = fc.record({
    signal: fc.constantFrom('profiles' as const, 'traces' as const, 'metrics' as const),
    isGzip: fc.boolean(),
    itemCount: fc.nat(2 ** 31 - 1),
  });
  const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

  it('reads back exactly what was written', () => {
    fc.assert(
      fc.property(header, body, (given, bytes) => {
        const file = encodeSpill(given, bytes);
        const read = decodeSpillHeader(file.subarray(0, 32), file.length);
        assert.deepEqual(read, { ...given, sizeBytes: bytes.length });
        assert.deepEqual(decodeSpill(file), bytes);
      }),
    );
  });

  it('takes no file with a changed, missing or additional byte, and never throws', () => {
    const change = fc.record({ at: fc.nat(10_000), bits: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(header, body, change, fc.nat(10_000), (given, bytes, { at, bits }, cut) => {
        const file = encodeSpill(given, bytes);
        assert.equal(decodeSpill(file.subarray(0, cut % file.length)), undefined);
        assert.equal(decodeSpill(Buffer.concat([file, Buffer.alloc(1)])), undefined);
        file[at % file.length]! ^= bits;
        assert.equal(decodeSpill(file), undefined);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        assert.equal(decodeSpill(Buffer.from(bytes)), undefined);
      }),
    );
  });
});
