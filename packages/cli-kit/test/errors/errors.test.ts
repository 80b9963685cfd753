// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ExitCode, worstExitCode } from '../../src/errors/exitCodes.ts';
import { formatError } from '../../src/errors/format.ts';
import { ToolError, toProblem } from '../../src/errors/ToolError.ts';

describe('exit codes', () => {
  it('are ordered by what a person must know first', () => {
    const order = [0, 1, 3, 4, 2, 70] as const;
    for (const [i, better] of order.entries()) {
      for (const worse of order.slice(i)) {
        assert.equal(worstExitCode(better, worse), worse);
        assert.equal(worstExitCode(worse, better), worse);
      }
    }
  });
});

describe('errors', () => {
  it('say what, where, expected and found, and the next step', () => {
    const error = new ToolError('string lies past the table', {
      code: 'ELF_STRING',
      exitCode: ExitCode.malformed,
      path: 'libfoo.so',
      field: 'DT_NEEDED[3]',
      fileOffset: 0x9f2,
      expected: 'below 0x810',
      found: '0x9f2',
      hint: 'the other 5 entries were read',
    });
    const { record, exitCode } = toProblem(error);
    assert.equal(exitCode, ExitCode.malformed);
    assert.equal(
      formatError(record),
      'libfoo.so: DT_NEEDED[3] at offset 0x9f2: string lies past the table: ' +
        'expected below 0x810, found 0x9f2; the other 5 entries were read',
    );
  });

  it('escape what others chose', () => {
    const error = new ToolError('bad\x1b[2J', { code: 'X', path: 'a\nb', found: '\u202e' });
    assert.equal(formatError(toProblem(error).record), 'a\\nb: bad\\x1b[2J: found \\u202e');
  });

  it('of the system get a sentence, the path of the user and exit code 4', () => {
    try {
      readFileSync('/nonexistent/file');
      assert.fail();
    } catch (error) {
      const { record, exitCode } = toProblem(error, { path: 'as/typed' });
      assert.equal(exitCode, ExitCode.io);
      assert.deepEqual(record, {
        code: 'ENOENT',
        message: 'no such file or directory',
        path: 'as/typed',
      });
    }
  });

  it('of other packages are understood by their properties', () => {
    const error = Object.assign(new Error('no'), {
      code: 'CORE',
      exitCode: 3,
      fileOffset: 2n ** 60n,
    });
    const { record, exitCode, unexpected } = toProblem(error, { path: 'p' });
    assert.deepEqual([exitCode, unexpected, record.fileOffset], [3, false, '0x1000000000000000']);
  });

  it('that nobody expected count as defects', () => {
    for (const thrown of [new TypeError('x'), 'text', undefined, null]) {
      assert.equal(toProblem(thrown).exitCode, ExitCode.internal);
    }
    try {
      Buffer.alloc(-1);
      assert.fail();
    } catch (error) {
      assert.equal(toProblem(error).exitCode, ExitCode.internal);
    }
  });
});
