// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folder, needs, program, run, write } from '../contract/samples.ts';

/** The file ID by shell tools alone. */
function shellFileId(path: string): string {
  const size = readFileSync(path).length;
  const tail = write('size', Buffer.from(size.toString(16).padStart(16, '0'), 'hex'));
  const script = '{ head -c 4096 "$1"; tail -c 4096 "$1"; cat "$2"; } | sha256sum';
  return execFileSync('sh', ['-c', script, 'sh', path, tail], { encoding: 'utf8' }).slice(0, 32);
}

describe('id', () => {
  before(function () {
    needs(this, 'gcc', 'apt-get install gcc libc6-dev');
    needs(this, 'sha256sum', 'apt-get install coreutils');
  });

  it('gives the file ID that sha256sum gives, and the build ID that readelf gives', function () {
    needs(this, 'readelf', 'apt-get install binutils');
    const paths = [program('gcc', '-O2'), program('gcc', '-static'), '/usr/bin/env'];
    const { files } = JSON.parse(run(['id', '--json', ...paths]).stdout);
    for (const [i, path] of paths.entries()) {
      assert.equal(files[i].file, shellFileId(path), path);
      const notes = execFileSync('readelf', ['-n', path], { encoding: 'utf8' });
      assert.equal(files[i].gnu, /Build ID: ([0-9a-f]+)/.exec(notes)?.[1], path);
    }
  });

  it('prints one kind alone, one a line', () => {
    const path = program('gcc', '-O2');
    const { stdout, exitCode } = run(['id', '--only', 'file', path, path]);
    assert.equal(stdout, `${shellFileId(path)}\n`.repeat(2));
    assert.equal(exitCode, 0);
    const none = run(['id', '--only', 'gnu', program('gcc', '-Wl,--build-id=none')]);
    assert.deepEqual([none.stdout, none.exitCode], ['', 1]);
  });

  it('knows a kernel module, and gives other files no kernel ID', () => {
    const source = write(
      'module.c',
      '__attribute__((section(".modinfo"), used)) static const char m[] = "license=GPL";\n',
    );
    const path = join(folder(), 'module.ko');
    const flags = ['-x', 'c', '-nostdlib', '-r', '-Wl,--build-id=0xf8e1cf0f60558098', '-o', path];
    execFileSync('gcc', [...flags, source]);
    const { stdout, exitCode } = run(['id', '--only', 'kernel', path]);
    assert.match(stdout, /^[0-9a-f]{32}\n$/);
    assert.equal(exitCode, 0);
    const inspected = JSON.parse(run(['inspect', '--json', path]).stdout).files[0];
    assert.equal(inspected.kernelFileId, stdout.trim());
    const other = run(['id', '--only', 'kernel', program('gcc', '-O2')]);
    assert.deepEqual([other.stdout, other.exitCode], ['', 1]);
  });

  it('takes directories and processes, as libc does', () => {
    const path = join(mkdtempSync(join(folder(), 'below-')), 'program');
    copyFileSync(program('gcc', '-O2'), path);
    for (const command of ['id', 'libc']) {
      const below = run([command, '--recursive', '--json', dirname(path)]);
      assert.equal(below.exitCode, 0, below.stderr);
      const files: { path: string }[] = JSON.parse(below.stdout).files;
      assert.ok(
        files.some((file) => file.path === path),
        command,
      );
      const { stdout } = run([command, '--json', '--pid', String(process.pid)]);
      assert.equal(JSON.parse(stdout).files[0].path, `/proc/${process.pid}/exe`, command);
    }
    assert.equal(run(['id']).exitCode, 2);
  });
});
