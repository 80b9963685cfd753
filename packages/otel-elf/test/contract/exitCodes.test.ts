// SPDX-License-Identifier: Apache-2.0
// What a script learns from the exit code: 0 ok, 1 negative or partial, 2 usage, 3 not ELF or
// damaged, 4 not readable. All inputs are tried, and the worst wins.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { BIN, damaged, folder, has, needs, program, run, write } from './samples.ts';

const files = (stdout: string): { path: string }[] => JSON.parse(stdout).files;

describe('contract/exit codes', () => {
  let sound = '';

  before(function () {
    needs(this, 'gcc', 'apt-get install gcc libc6-dev');
    sound = program('gcc', '-O2');
  });

  it('0 for what was asked and done', () => {
    for (const command of ['inspect', 'libc', 'id', 'tree', 'symbols']) {
      const { exitCode, stderr, stdout } = run([command, sound]);
      assert.deepEqual([exitCode, stderr], [0, ''], command);
      assert.ok(stdout.length > 0);
    }
  });

  it('1 for a negative answer', () => {
    assert.equal(run(['go', sound]).exitCode, 1);
    assert.equal(run(['id', '--only', 'go', sound]).exitCode, 1);
    assert.equal(run(['libc', program('gcc', '-c')]).exitCode, 1);
    assert.equal(run(['tree', program('gcc', '-Wl,--dynamic-linker=/no/such/loader')]).exitCode, 1);
  });

  it('2 for a wrong command line, and nothing is done', () => {
    for (const args of [
      ['inspect', '--no-such-flag', sound],
      ['inspect', '--pid', 'x'],
      ['inspect', '--pid', '0'],
      ['inspect'],
      ['no-such-command'],
      ['id', '--only', 'sha1', sound],
      ['libc', '--json', '--ndjson', sound],
    ]) {
      const { exitCode, stdout, stderr } = run(args);
      assert.equal(exitCode, 2, args.join(' '));
      assert.equal(stdout, '', args.join(' '));
      assert.notEqual(stderr, '');
    }
  });

  it('3 for what is not ELF or damaged, with path, field and offset', () => {
    const text = write('exit-text', 'hello');
    const { exitCode, stderr } = run(['inspect', text]);
    assert.equal(exitCode, 3);
    assert.match(stderr, new RegExp(`^${text}: EI_MAG at offset 0x0: not an ELF file`));
    for (const path of damaged(sound).filter((one) => /bad-sh|bad-ph|cut-(?!0)/.test(one))) {
      const result = run(['inspect', path]);
      assert.equal(result.exitCode, 3, path);
      assert.ok(result.stderr.startsWith(path), result.stderr);
    }
  });

  it('4 for what cannot be read, without a system error in the words', () => {
    const cycle = join(folder(), 'cycle');
    symlinkSync(cycle, cycle);
    const fifo = join(folder(), 'fifo');
    if (has('mkfifo')) execFileSync('mkfifo', [fifo]);
    for (const path of ['/no/such/file', cycle, folder(), '/dev/zero', fifo]) {
      const { exitCode, stderr } = run(['inspect', path]);
      assert.equal(exitCode, 4, path);
      assert.doesNotMatch(stderr, /ENOENT|ELOOP|EISDIR|at Object|node:/, path);
    }
  });

  it('4 without permission, with what to do', function () {
    const secret = write('secret', readFileSync(sound));
    chmodSync(secret, 0);
    chmodSync(folder(), 0o755);
    const isRoot = process.getuid?.() === 0;
    const other = isRoot ? { uid: 65534, gid: 65534 } : {};
    const options = { ...other, encoding: 'utf8' } as const;
    const result = spawnSync(process.execPath, [BIN, 'inspect', secret], options);
    if (result.error !== undefined || /Cannot find module/.test(result.stderr)) {
      console.log(
        'skip: another user may not run this Node here, put the checkout outside of /root',
      );
      this.skip();
    }
    assert.equal(result.status, 4);
    assert.match(result.stderr, /permission denied; run it as root/);
  });

  it('the worst of several, and every one is tried', () => {
    const text = write('worst-text', 'hello');
    const all = run(['inspect', '--json', text, '/no/such', sound, folder(), sound]);
    assert.equal(all.exitCode, 4);
    assert.deepEqual(
      files(all.stdout).map((file) => file.path),
      [sound, sound],
    );
    assert.equal(JSON.parse(all.stdout).errors.length, 3);
    assert.equal(all.stderr.trimEnd().split('\n').length, 3);
    assert.equal(run(['inspect', sound, text]).exitCode, 3);
    assert.equal(run(['id', '--only', 'go', sound, text]).exitCode, 3);
    assert.equal(run(['id', '--only', 'go', sound, '/no/such', text]).exitCode, 4);
  });

  it('passes over in silence what is no ELF below a directory', () => {
    const place = mkdtempSync(join(folder(), 'walk-'));
    mkdirSync(join(place, 'sub'));
    writeFileSync(join(place, 'sub', 'program'), readFileSync(sound));
    writeFileSync(join(place, 'text'), 'hello');
    writeFileSync(join(place, 'empty'), '');
    symlinkSync('/no/such', join(place, 'dangling'));
    symlinkSync('.', join(place, 'cycle'));
    if (has('mkfifo')) execFileSync('mkfifo', [join(place, 'fifo')]);
    const { exitCode, stderr, stdout } = run(['inspect', '--recursive', '--json', place]);
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.deepEqual(
      files(stdout).map((file) => file.path),
      [join(place, 'sub', 'program')],
    );
    const nothing = run(['inspect', '--recursive', '--json', join(place, 'empty-folder')]);
    assert.equal(nothing.exitCode, 4);
  });

  it('takes digits for a process, unless a file of that name is there', () => {
    const own = run(['inspect', '--json', String(process.pid)]);
    assert.equal(own.exitCode, 0, own.stderr);
    const [file] = JSON.parse(own.stdout).files;
    assert.equal(file.process.pid, process.pid);
    assert.equal(file.process.executable, process.execPath);
    assert.equal(run(['inspect', '--pid', String(process.pid)]).exitCode, 0);
    const place = mkdtempSync(join(folder(), 'pid-'));
    writeFileSync(join(place, '1'), readFileSync(sound));
    const named = run(['inspect', '--json', '1'], { cwd: place });
    assert.equal(named.exitCode, 0);
    assert.equal(JSON.parse(named.stdout).files[0].process, undefined);
    assert.equal(run(['inspect', '4194304']).exitCode, 4);
  });
});
