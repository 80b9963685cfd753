// SPDX-License-Identifier: Apache-2.0
// What reaches a terminal: no control character that a name brought along, colours only where they
// are wanted, lines no longer than the terminal.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BIN, folder, needs, program, run, shell } from './samples.ts';
import { onTerminal, plain } from './terminals.ts';

const ESCAPE = '\x1b';

describe('contract/terminal', () => {
  let sound = '';

  before(function () {
    needs(this, 'gcc', 'apt-get install gcc libc6-dev');
    sound = program('gcc', '-O2', '-Wl,-rpath,/a/rather/long/path:/and/another/one:$ORIGIN/../lib');
  });

  it('is coloured when forced or on a terminal, and not otherwise', function () {
    assert.ok(!run(['inspect', sound]).stdout.includes(ESCAPE));
    assert.ok(run(['inspect', sound], { env: { FORCE_COLOR: '1' } }).stdout.includes(ESCAPE));
    needs(this, 'script', 'apt-get install bsdutils');
    const env = { TERM: 'xterm-256color' };
    assert.ok(onTerminal(`inspect ${sound}`, 80, env).includes(ESCAPE));
    assert.ok(!onTerminal(`inspect ${sound}`, 80, { ...env, NO_COLOR: '1' }).includes(ESCAPE));
    assert.ok(!onTerminal(`inspect --json ${sound}`, 80, env).includes(ESCAPE));
    assert.ok(!onTerminal(`inspect ${sound}`, 80, { TERM: 'dumb' }).includes(ESCAPE));
  });

  it('says the same with colours and without', () => {
    const commands = ['inspect', 'tree', 'libc', 'id', 'symbols', 'scan', 'explain'];
    for (const command of [...commands.map((name) => [name, sound]), ['go', BIN], ['doctor']]) {
      const coloured = run(command, { env: { FORCE_COLOR: '1' } }).stdout;
      // doctor counts processes, and others start and end meanwhile.
      const counted = (text: string): string => text.replace(/\d+ are visible/, 'N are visible');
      assert.equal(counted(plain(coloured)), counted(run(command).stdout), command[0]);
    }
  });

  it('fits a narrow terminal where words allow it', function () {
    needs(this, 'script', 'apt-get install bsdutils');
    for (const command of ['inspect', 'libc', 'id']) {
      const lines = plain(onTerminal(`${command} ${sound}`, 40)).split(/\r?\n/);
      for (const line of lines.filter((one) => one.length > 40)) {
        const longest = Math.max(
          ...line
            .trim()
            .split(/\s+/)
            .map((word) => word.length),
        );
        assert.ok(longest > 20, `${command}: ${line.length} columns: ${line}`);
      }
    }
  });

  it('escapes what names bring along, and keeps it in JSON', () => {
    const place = mkdtempSync(join(folder(), 'names-'));
    const evil = [
      'new\nline',
      'esc\x1b[31mred',
      'title\x1b]0;x\x07',
      'back\bspace',
      'rtl\u202eevil',
      'c1\u009b31m',
    ];
    const paths = evil.map((name) => join(place, name));
    for (const path of paths) writeFileSync(path, readFileSync(sound));
    for (const command of ['inspect', 'libc', 'id', 'tree', 'symbols', 'go']) {
      const { stdout, stderr } = run([command, ...paths]);
      assert.doesNotMatch(stdout + stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/u, command);
    }
    const { stdout, stderr } = run(['inspect', ...paths.map((path) => `${path}-gone`)]);
    assert.doesNotMatch(stdout + stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/u);
    assert.equal(stderr.trimEnd().split('\n').length, paths.length);
    const json = run(['inspect', '--json', ...paths]).stdout;
    assert.doesNotMatch(json, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/u);
    const got = JSON.parse(json).files.map((file: { path: string }) => file.path);
    assert.deepEqual(got, paths);
  });

  it('opens a file whose name is no UTF-8, and gives the name back', function () {
    needs(this, 'bash', 'apt-get install bash');
    const place = mkdtempSync(join(folder(), 'latin-'));
    const bytes = Buffer.concat([Buffer.from(`${place}/n`), Buffer.of(0xff, 0xe9)]);
    writeFileSync(bytes, readFileSync(sound));
    const named = shell(`$TOOL id --json ${place}/$'n\\xff\\xe9'`);
    assert.equal(named.exitCode, 0, named.stderr);
    const [{ path }] = JSON.parse(named.stdout).files;
    assert.equal(path, `${place}/n\udcff\udce9`);
    const walked = JSON.parse(run(['inspect', '--recursive', '--json', place]).stdout);
    assert.equal(walked.files[0].path, path);
    const text = run(['inspect', '--recursive', place]).stdout;
    assert.ok(text.includes('n\\xff\\xe9'), text);
  });

  it('escapes what a binary says of itself', () => {
    const copy = readFileSync(sound);
    const at = copy.indexOf('libc.so.6');
    copy.write('\x1b]0;\x07\n\x7f\xffx', at, 'latin1');
    const path = join(folder(), 'evil-needed');
    writeFileSync(path, copy);
    for (const command of ['inspect', 'libc', 'tree', 'symbols']) {
      const { stdout, stderr } = run([command, path]);
      assert.doesNotMatch(stdout + stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/, command);
    }
    const [file] = JSON.parse(run(['inspect', '--json', path]).stdout).files;
    assert.deepEqual(file.needed, ['\x1b]0;\x07\n\x7f\udcffx']);
  });
});
