// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BIG_ENDIAN, LITTLE_ENDIAN } from '../../src/bytes/endian.ts';
import { hex } from '../../src/bytes/hex.ts';

describe('bytes/endian', () => {
  it('reads what Buffer reads, at every offset', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 24 }), fc.nat(16), (bytes, n) => {
        const at = Math.min(n, bytes.length - 8);
        const buffer = Buffer.from(bytes);
        assert.equal(LITTLE_ENDIAN.u16(bytes, at), buffer.readUInt16LE(at));
        assert.equal(BIG_ENDIAN.u16(bytes, at), buffer.readUInt16BE(at));
        assert.equal(LITTLE_ENDIAN.u32(bytes, at), buffer.readUInt32LE(at));
        assert.equal(BIG_ENDIAN.u32(bytes, at), buffer.readUInt32BE(at));
        assert.equal(LITTLE_ENDIAN.u64(bytes, at), buffer.readBigUInt64LE(at));
        assert.equal(BIG_ENDIAN.u64(bytes, at), buffer.readBigUInt64BE(at));
        assert.equal(LITTLE_ENDIAN.u64AsNumber(bytes, at), Number(buffer.readBigUInt64LE(at)));
        assert.equal(BIG_ENDIAN.u64AsNumber(bytes, at), Number(buffer.readBigUInt64BE(at)));
      }),
      { numRuns: 500 },
    );
  });

  it('is exact on both sides of 2^53', () => {
    for (const value of [
      0n,
      2n ** 53n - 1n,
      2n ** 53n,
      2n ** 53n + 1n,
      2n ** 63n,
      2n ** 64n - 1n,
    ]) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(value);
      assert.equal(LITTLE_ENDIAN.u64(bytes, 0), value);
      bytes.writeBigUInt64BE(value);
      assert.equal(BIG_ENDIAN.u64(bytes, 0), value);
    }
  });
});

describe('bytes/hex', () => {
  it('says when a number is rounded, and never rounds a bigint', () => {
    assert.equal(hex(0), '0x0');
    assert.equal(hex(255), '0xff');
    assert.equal(hex(2n ** 64n - 1n), '0xffffffffffffffff');
    assert.equal(hex(Number.MAX_SAFE_INTEGER), '0x1fffffffffffff');
    assert.equal(hex(2 ** 64), 'about 0x10000000000000000');
  });
});
