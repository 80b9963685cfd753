// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { Diagnostics, InputError, toInputError } from '../../src/diagnostics/diagnostic.ts';

describe('diagnostics', () => {
  it('tells the same damage once, and like damage elsewhere again', () => {
    const diagnostics = new Diagnostics();
    for (const at of [1, 1, 2, undefined, undefined]) diagnostics.add('limit', 'x', 'too many', at);
    assert.deepEqual(
      diagnostics.list.map((one) => one.fileOffset),
      [1, 2, undefined],
    );
    assert.equal(diagnostics.droppedCount, 0);
  });

  it('keeps sixty-four and counts the others', () => {
    const diagnostics = new Diagnostics();
    for (let i = 0; i < 1000; i++) diagnostics.add('bad-value', `field ${i}`, 'is wrong', i);
    assert.equal(diagnostics.list.length, 64);
    assert.equal(diagnostics.droppedCount, 936);
    assert.equal(diagnostics.list[0]?.field, 'field 0');
  });

  it('points to no place that no file has', () => {
    const diagnostics = new Diagnostics();
    diagnostics.add('out-of-range', 'e_phoff', 'lies past the end', 2 ** 64);
    diagnostics.add('out-of-range', 'e_phoff', 'lies past the end', 0);
    diagnostics.add('out-of-range', 'e_shoff', 'lies past the end');
    assert.deepEqual(
      diagnostics.list.map((one) => one.fileOffset),
      [undefined, 0, undefined],
    );
    assert.equal('fileOffset' in diagnostics.list[2]!, false);
  });

  it('turns errors of the file system into its own, and leaves defects alone', () => {
    const system = Object.assign(new Error('x'), { code: 'EIO', errno: -5, syscall: 'read' });
    const error = toInputError(system, '/x', 'read');
    assert.deepEqual([error.code, error.errno, error.cause], ['io', 'EIO', system]);
    const own = new InputError('malformed', '/x', 'is broken');
    assert.equal(toInputError(own, '/y', 'read'), own);
    assert.throws(() => toInputError(new TypeError('a defect'), '/x', 'read'), TypeError);
  });
});
