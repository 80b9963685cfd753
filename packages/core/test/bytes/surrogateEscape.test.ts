// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { decodeBytes, encodeBytes, encodePath } from '../../src/bytes/surrogateEscape.ts';
import { needsTools } from '../fixtures/compile.ts';

/** Bytes in which UTF-8 sequences, whole and broken ones, are likely. */
const tricky = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom('c080', 'eda080', 'edb2ff', 'f4908080', 'f09f98', 'e2', '80', 'ff')
        .map((h) => Buffer.from(h, 'hex')),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

describe('bytes/surrogateEscape', () => {
  it('brings every sequence of bytes back', () => {
    fc.assert(
      fc.property(tricky, (bytes) => {
        const text = decodeBytes(bytes);
        assert.deepEqual(encodeBytes(text), bytes);
        assert.deepEqual(encodeBytes(JSON.parse(JSON.stringify(text)) as string), bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves well-formed UTF-8 alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        assert.equal(decodeBytes(Buffer.from(text)), text);
      }),
      { numRuns: 500 },
    );
  });

  it('is the surrogateescape of Python', function () {
    needsTools(this, 'python3');
    const samples = fc.sample(tricky, { numRuns: 200, seed: 20 });
    const script =
      'import sys, json\n' +
      'print(json.dumps([bytes.fromhex(l).decode("utf-8", "surrogateescape") ' +
      'for l in json.load(sys.stdin)]))';
    const input = JSON.stringify(samples.map((bytes) => bytes.toString('hex')));
    const theirs = JSON.parse(execFileSync('python3', ['-c', script], { input }).toString());
    assert.deepEqual(samples.map(decodeBytes), theirs);
  });

  it('gives the file system bytes only where a string would lose some', () => {
    assert.equal(encodePath('/tmp/ä😀'), '/tmp/ä😀');
    assert.deepEqual(
      encodePath(decodeBytes(Buffer.from('/a\xff', 'latin1'))),
      Buffer.from('/a\xff', 'latin1'),
    );
  });
});
