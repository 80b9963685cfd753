// SPDX-License-Identifier: Apache-2.0
// From outside: what a shell and a reader of the pipes see.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { BARE_ENV, buildDemo, type Demo } from '../fixture/demoBundle.ts';

describe('a bundled tool', () => {
  let demo: Demo;
  before(async () => {
    demo = await buildDemo();
  });
  after(() => demo.remove());

  it('gives one JSON document, and errors both there and on stderr', () => {
    const { status, stdout, stderr } = demo.run(['many', 'bad', 'gone', 'ok', '--json']);
    const document = JSON.parse(stdout);
    assert.equal(status, 4);
    assert.deepEqual(
      document.files.map(({ path }: { path: string }) => path),
      ['item 0', 'item 1', 'item 2', 'ok'],
    );
    assert.equal(document.files[1].rank, '0x1');
    assert.deepEqual(document.summary, { count: 3 });
    assert.deepEqual(
      document.errors.map(({ code }: { code: string }) => code),
      ['ELF_MAGIC', 'ENOENT'],
    );
    assert.deepEqual(stderr.split('\n'), [
      'bad: e_type at offset 0x10: not ELF: expected at most 4, found 9; try another',
      'gone: no such file or directory',
      '',
    ]);
  });

  it('gives a line for each result under --ndjson', () => {
    const { stdout } = demo.run(['many', 'bad', '--count=2', '--ndjson']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map((line) => line.path ?? line.error.path),
      ['item 0', 'item 1', 'bad'],
    );
  });

  it('ends the document even when it crashes, exits with 70 and hides the stack', () => {
    const { status, stdout, stderr } = demo.run(['many', '--crash', '--json']);
    assert.equal(status, 70);
    assert.equal(JSON.parse(stdout).errors[0].code, 'INTERNAL');
    assert.doesNotMatch(stderr, /\x1b| at /);
    const debug = demo.run(['many', '--crash'], { env: { OTELKIT_DEBUG: '1' } });
    assert.match(debug.stderr, /TypeError[\s\S]* at /);
  });

  it('colours text only where asked to', () => {
    assert.doesNotMatch(demo.run(['many']).stdout, /\x1b/);
    assert.match(demo.run(['many', '--color=always']).stdout, /\x1b\[32mitem\x1b\[39m 0/);
    assert.match(demo.run(['many'], { env: { FORCE_COLOR: '1' } }).stdout, /\x1b/);
    assert.doesNotMatch(demo.run(['many', '--color=always', '--json']).stdout, /\x1b/);
  });

  it('lets a command see only the variables that it names', () => {
    const { stdout } = demo.run(['echo', '--json'], { env: { DEMO_ENV: 'a', SECRET: 'b' } });
    assert.deepEqual(JSON.parse(stdout).files[0].env, { DEMO_ENV: 'a' });
  });

  it('writes an argument that is no UTF-8 with its bytes', () => {
    // A shell, because Node cannot pass such bytes.
    const script = `exec "$0" "$1" echo --json "$(printf 'a\\377b')"`;
    const { stdout } = spawnSync('sh', ['-c', script, process.execPath, demo.main], {
      encoding: 'utf8',
      env: BARE_ENV,
    });
    assert.match(stdout, /"a\\udcffb"/);
  });

  it('prints help to stdout, with examples before the flags', () => {
    for (const args of [
      ['echo', '--help'],
      ['help', 'echo'],
      ['echo', '-h'],
      ['echo', 'x', '-help'],
    ]) {
      const { status, stdout, stderr } = demo.run(args);
      assert.deepEqual([status, stderr], [0, ''], args.join(' '));
      assert.match(stdout, /^What the parser understood\n[\s\S]*EXAMPLES[\s\S]*FLAGS/);
      assert.doesNotMatch(stdout, /--secret/);
    }
    for (const args of [[], ['--help'], ['help']]) {
      assert.match(demo.run(args).stdout, /^demo: Shows[\s\S]*COMMANDS\n {2}echo/);
    }
  });

  const mistakes: readonly (readonly [line: string, message: RegExp])[] = [
    ['ecco', /no such command; did you mean echo\?/],
    ['--json echo', /a command comes before the flags/],
    ['echo --nam x', /^demo echo: no such flag: --nam; did you mean --name\?/],
    ['echo --level 99', /--level: expected at most 9, found 99/],
    ['echo --mode=medium', /one of: fast, slow/],
    ['echo --verbose --quiet', /--quiet cannot stand beside --verbose|--verbose cannot stand/],
    ['echo --verbose=junk', /--verbose takes true or false/],
    ['echo --tag', /--tag expects a value/],
    ['needs', /PATH is missing: give one, or --pid/],
    ['completion', /SHELL is missing: bash, zsh or fish/],
    ['completion tcsh', /bash, zsh, fish/],
    ['completion bash zsh', /Unexpected argument: zsh/],
    ['echo --\x1b[2Jevil', /no such flag: --\\x1b\[2Jevil/],
  ];
  for (const [line, message] of mistakes) {
    it(`says what is wrong with "${JSON.stringify(line)}" and exits with 2`, () => {
      const { status, stdout, stderr } = demo.run(line.split(' '));
      assert.deepEqual([status, stdout], [2, '']);
      assert.match(stderr, message);
      assert.match(stderr, /See demo( \w+)? --help\n$/);
      assert.doesNotMatch(stderr, /\x1b/);
    });
  }

  it('succeeds in silence when the reader goes away', () => {
    const command = `"$0" "$1" many --count 300000 | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync(
      'bash',
      ['--norc', '-c', command, process.execPath, demo.main],
      {
        encoding: 'utf8',
        env: BARE_ENV,
      },
    );
    assert.deepEqual([stdout, stderr], ['item 0\n0\n', '']);
  });

  it('reports a full disk with exit code 4', function () {
    let full: number;
    try {
      full = openSync('/dev/full', 'w');
    } catch {
      console.log('skip: no /dev/full on this system');
      this.skip();
    }
    const { status, stderr } = spawnSync(process.execPath, [demo.main, 'many', '--ndjson'], {
      encoding: 'utf8',
      env: BARE_ENV,
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    assert.equal(status, 4);
    assert.match(stderr, /stdout: /);
  });

  it('survives a closed stderr', () => {
    const command = `exec "$0" "$1" many bad 2>&-`;
    const { status, stdout } = spawnSync('sh', ['-c', command, process.execPath, demo.main], {
      encoding: 'utf8',
      env: BARE_ENV,
    });
    assert.equal(status, 3);
    assert.match(stdout, /item 2/);
  });

  it('loses nothing towards a slow reader', async () => {
    const child = spawn(process.execPath, [demo.main, 'many', '--count', '100000', '--ndjson'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: BARE_ENV,
    });
    let lines = 0;
    let last = '';
    for await (const chunk of child.stdout) {
      last = String(chunk);
      lines += last.split('\n').length - 1;
      if (lines < 20_000) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.equal(lines, 100_000);
    assert.match(last, /"item 99999".*\n$/);
  });

  it('does not load oclif for ordinary command lines', () => {
    const trace = join(demo.dir, 'preload.cjs');
    const source = `process.on('exit', () => console.error(
      Object.keys(require.cache).concat(process.moduleLoadList).filter((name) =>
        /oclif|chalk|NativeModule (stream|tty|net|child_process|crypto)$/.test(name)).join(' ')))`;
    spawnSync('tee', [trace], { input: source });
    const { stderr } = spawnSync(
      process.execPath,
      ['-r', trace, demo.main, 'echo', 'x', '--json'],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(stderr.trim(), '');
  });
});
