// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { MemorySource } from '../../src/bytes/byteSource.ts';
import { openFile } from '../../src/bytes/fileSource.ts';
import { otelFileId } from '../../src/ids/fileId.ts';
import { Fnv1a128, fnv1a128 } from '../../src/ids/fnv1a128.ts';
import { kernelFileId } from '../../src/ids/kernelFileId.ts';
import { compatibleTraceHash } from '../../src/ids/traceHash.ts';
import { needsTools, scratchFile } from '../fixtures/compile.ts';

const fileIdOf = (bytes: Uint8Array): string => otelFileId(new MemorySource('x', bytes));

describe('ids/file ID', () => {
  it('is the published vector for nine bytes', () => {
    const bytes = Buffer.from('7f454c460001020304', 'hex');
    assert.equal(fileIdOf(bytes), 'caf6e5907166ac76eef618e5f7f59cd9');
  });

  it('is what dd and sha256sum make of head, tail and size', function () {
    needsTools(this, 'sha256sum', 'dd', 'sh');
    const script =
      '{ dd if="$1" bs=4096 count=1; tail -c 4096 "$1"; cat "$2"; } 2>/dev/null | sha256sum';
    for (const size of [1, 2, 4095, 4096, 4097, 8191, 8192, 8193, 20_000, 100_003]) {
      const path = scratchFile(filled(size));
      const source = openFile(path);
      const ours = otelFileId(source);
      source.close();
      const sizeBytes = Buffer.from(size.toString(16).padStart(16, '0'), 'hex');
      const args = ['-c', script, 'sh', path, scratchFile(sizeBytes)];
      const theirs = execFileSync('sh', args, { encoding: 'utf8' });
      assert.equal(ours, theirs.slice(0, 32), `${size} bytes`);
    }
  });

  it('follows its definition for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12_000 }), (bytes) => {
        const tail = bytes.subarray(Math.max(0, bytes.length - 4096));
        const size = Buffer.alloc(8);
        size.writeUInt32BE(bytes.length, 4);
        const hash = createHash('sha256').update(bytes.subarray(0, 4096)).update(tail).update(size);
        assert.equal(fileIdOf(bytes), hash.digest('hex').slice(0, 32));
      }),
      { numRuns: 60 },
    );
  });
});

describe('ids/FNV-1a-128', () => {
  it('is the published vector of a kernel build ID', () => {
    const id = kernelFileId('f8e1cf0f60558098edaec164ac7749df');
    assert.equal(id, '026a2d6a60ee6b4eb8ec85adf2e76f4d');
    assert.equal(kernelFileId('F8E1CF0F60558098EDAEC164AC7749DF'), id);
  });

  it('is the published vector of traces', () => {
    assert.equal(compatibleTraceHash([]), '6c62272e07bb014262b821756295c58d');
    const frames = [0, 1, 2].map((n) => {
      const fileId = Buffer.alloc(16);
      // The high and the low half of the published vector's file ID are both n.
      fileId.writeBigUInt64BE(BigInt(n), 0);
      fileId.writeBigUInt64BE(BigInt(n), 8);
      return { fileId, addressOrLine: BigInt(n) };
    });
    assert.equal(compatibleTraceHash(frames), '21c6fe4c62868856cf510596eab68dc8');
  });

  it('is what an independent implementation with BigInt gives for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(600), (bytes, cut) => {
        assert.equal(fnv1a128(bytes), slowFnv(bytes));
        const inParts = new Fnv1a128().update(bytes.subarray(0, cut)).update(bytes.subarray(cut));
        assert.equal(inParts.digest(), slowFnv(bytes));
      }),
      { numRuns: 300 },
    );
  });
});

function filled(size: number): Buffer {
  return createHash('shake256', { outputLength: size }).update(String(size)).digest();
}

/** The definition, word for word: XOR with the byte, multiply by the prime modulo 2^128. */
function slowFnv(bytes: Uint8Array): string {
  const prime = 0x0000000001000000000000000000013bn;
  let hash = 0x6c62272e07bb014262b821756295c58dn;
  for (const byte of bytes) hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * prime);
  return hash.toString(16).padStart(32, '0');
}
