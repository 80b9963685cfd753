// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { withDefaultCommand } from '../../src/run/defaultCommand.ts';
import { asksForVersion } from '../../src/run/version.ts';

const defaults = { bare: 'top', flags: 'agent' };

describe('run/defaultCommand', () => {
  it('is put in front of flags, and stands for nothing at all', () => {
    assert.deepEqual(withDefaultCommand([], defaults), ['top']);
    assert.deepEqual(withDefaultCommand(['-a=b', 'c'], defaults), ['agent', '-a=b', 'c']);
    assert.deepEqual(withDefaultCommand(['--a'], defaults), ['agent', '--a']);
  });

  it('leaves commands, help and the version alone', () => {
    for (const words of [['record', '-a'], ['help'], ['--help'], ['-h'], ['-help'], ['-V']]) {
      assert.equal(withDefaultCommand(words, defaults), words);
    }
    assert.ok(asksForVersion(['-version']) && asksForVersion(['--version']));
    assert.ok(!asksForVersion(['-version', 'x']));
  });

  it('is nothing for a tool that names none', () => {
    const words: string[] = [];
    assert.equal(withDefaultCommand(words, undefined), words);
  });
});
