// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { ThreadNames } from '../../src/traces/threadNames.ts';

describe('traces/threadNames', () => {
  it('forgets names that the helper has forgotten', () => {
    const names = new ThreadNames();
    names.take(5, Buffer.from('one'));
    names.take(6, Buffer.from('two'));
    names.forgetHelper();
    names.take(1, Buffer.from('two'));
    names.compact();
    assert.equal(names.ofHelper(5), 0);
    assert.equal(names.text(names.ofHelper(1)), 'two');
    assert.equal(names.ofHelper(1), 1);
  });
});
