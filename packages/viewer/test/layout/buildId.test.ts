// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import fc from 'fast-check';
import { buildIdOf, READ_BYTES } from '../../src/layout/buildId.ts';

function beginningOf(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(READ_BYTES);
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

describe('the build ID of a dropped file', () => {
  it('is the one that readelf prints', function () {
    const path = '/bin/sh';
    const printed = spawnSync('readelf', ['--notes', '--wide', path], { encoding: 'utf8' });
    const wanted = /Build ID: ([0-9a-f]+)/.exec(printed.stdout ?? '')?.[1];
    if (wanted === undefined) {
      console.log(
        'skip: no readelf or no build ID in /bin/sh, install with: apt-get install binutils',
      );
      this.skip();
    }
    assert.equal(buildIdOf(beginningOf(path)), wanted);
  });

  it('is none for anything else, and never an exception', () => {
    assert.equal(buildIdOf(new Uint8Array(10)), '');
    const header = beginningOf('/bin/sh').subarray(0, 4_096);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 1_023 }), fc.nat({ max: 255 })), { maxLength: 12 }),
        fc.integer({ min: 0, max: 4_096 }),
        (changes, length) => {
          const bytes = header.slice(0, length);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          assert.match(buildIdOf(bytes), /^[0-9a-f]*$/);
        },
      ),
    );
  });
});
