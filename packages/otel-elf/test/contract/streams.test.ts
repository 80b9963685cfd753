// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { needs, program, run, shell, write } from './samples.ts';

describe('contract/streams', () => {
  let sound = '';

  before(function () {
    needs(this, 'gcc', 'apt-get install gcc libc6-dev');
    needs(this, 'bash', 'apt-get install bash');
    sound = program('gcc', '-O2', '-g');
  });

  it('ends in success when the reader has gone', () => {
    for (const line of [
      `$TOOL symbols ${sound} | head -1`,
      `$TOOL inspect --recursive --ndjson /usr/bin | head -1`,
      `$TOOL scan --json /usr/bin | head -c 10`,
    ]) {
      const { exitCode, stderr, stdout } = shell(line);
      assert.deepEqual([exitCode, stderr], [0, ''], line);
      assert.ok(stdout.length > 0, line);
    }
  });

  it('fails when what was promised cannot be written', () => {
    const { exitCode, stderr } = shell(`$TOOL inspect ${sound} > /dev/full`);
    assert.equal(exitCode, 4);
    assert.match(stderr, /no space|ENOSPC/i);
  });

  it('reads standard input from a pipe and from a redirected file', () => {
    const piped = shell(`cat ${sound} | $TOOL id --json -`);
    const redirected = shell(`$TOOL id --json - < ${sound}`);
    assert.deepEqual([piped.exitCode, redirected.exitCode], [0, 0], piped.stderr);
    const byName = JSON.parse(run(['id', '--json', sound]).stdout).files[0];
    for (const { stdout } of [piped, redirected]) {
      assert.deepEqual(JSON.parse(stdout).files, [{ ...byName, path: '-' }]);
    }
  });

  it('reads more than fits a pipe, or memory, from standard input', () => {
    const large = write(
      'large',
      Buffer.concat([readFileSync(sound), Buffer.alloc(20 * 1024 * 1024)]),
    );
    const piped = shell(`cat ${large} | $TOOL id --json -`);
    const byName = JSON.parse(run(['id', '--json', large]).stdout).files[0];
    assert.equal(JSON.parse(piped.stdout).files[0].file, byName.file);
  });

  it('tells what is wrong with a standard input that holds no file', () => {
    assert.equal(shell('$TOOL inspect - < /dev/null').exitCode, 3);
    assert.equal(shell('printf hello | $TOOL inspect -').exitCode, 3);
    const closed = shell('$TOOL inspect - <&-');
    assert.ok([3, 4].includes(closed.exitCode ?? 0), closed.stderr);
    const directory = shell('$TOOL inspect - < /');
    assert.equal(directory.exitCode, 4, directory.stderr);
    for (const { stderr } of [closed, directory]) assert.doesNotMatch(stderr, /defect|node:/);
  });

  it('does not read what is no ELF file to an end that it may not have', () => {
    for (const line of ['$TOOL inspect - < /dev/zero', 'yes | $TOOL inspect -']) {
      const { exitCode, stderr, signal } = shell(`set +o pipefail; ${line}`);
      assert.deepEqual([exitCode, signal], [3, null], line);
      assert.match(stderr, /not an ELF file: starts with bytes/);
    }
  });

  it('takes standard input twice without taking another file for it', () => {
    const { exitCode, stdout, stderr } = shell(`$TOOL id --json - ${sound} - < ${sound}`);
    const paths = JSON.parse(stdout).files.map((file: { path: string }) => file.path);
    assert.ok(paths.length === 2 || paths.length === 3, stdout);
    assert.deepEqual(paths.slice(0, 2), ['-', sound]);
    if (paths.length === 2) assert.ok([3, 4].includes(exitCode ?? 0));
    assert.doesNotMatch(stderr, /defect/);
  });
});
