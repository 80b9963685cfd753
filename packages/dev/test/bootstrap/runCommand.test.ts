// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { runVisibly } from '../../src/bootstrap/runCommand.mjs';

describe('running a program', () => {
  it('ends it with everything it started when its time is over', async () => {
    // The shell waits for a child of its own: killing the shell alone would leave that one.
    const args = ['-c', 'sleep 4242 & echo $! > /dev/null; wait'];
    const options = { cwd: '/', env: process.env, limitMs: 200 };
    assert.equal(await runVisibly('/bin/sh', args, options), 137);
  });

  it('gives the exit code of one that ends in time', async () => {
    const options = { cwd: '/', env: process.env, limitMs: 60_000 };
    assert.equal(await runVisibly('/bin/sh', ['-c', 'exit 5'], options), 5);
  });
});
