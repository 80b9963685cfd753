// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainStyle } from '@otelkit/cli-kit';
import { renderFunction, renderGo } from '../../src/go/render.ts';
import type { GoProgram } from '../../src/go/service.ts';
import { otelElf } from '../processes.ts';

const BARE: GoProgram = {
  path: 'app\u001b[31m',
  isGo: true,
  goVersion: 'go1.26.8',
  goBuildId: null,
  package: null,
  main: null,
  deps: [],
  settings: {},
  buildInfo: null,
  pclntab: null,
};
const ALL = { deps: true, settings: true };
const context = { style: plainStyle, width: 100, isTty: false };

/** A program that comes with every Go, without symbols. */
function gofmt(context: Mocha.Context): string {
  const { stdout, status } = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' });
  if (status === 0) return join(stdout.trim(), 'bin', 'gofmt');
  console.log('skip: go is not here, install with: https://go.dev/doc/install');
  return context.skip();
}

describe('otel-elf go', () => {
  it('says the version that go version says, and exits 0', function () {
    const path = gofmt(this);
    const { stdout, stderr, exitCode } = otelElf('go', path);
    const said = spawnSync('go', ['version', path], { encoding: 'utf8' }).stdout.trim();
    assert.equal(said, stdout.split('\n')[0]!.replace('  ', ': '));
    assert.match(stdout, /^ {2}package +cmd\/gofmt$/m);
    assert.match(stdout, /^ {2}text +0x[0-9a-f]+ to 0x[0-9a-f]+, by moduledata$/m);
    assert.equal(stderr, '');
    assert.equal(exitCode, 0);
  });

  it('lists the functions that match, with the offsets that uprobes want', function () {
    const path = gofmt(this);
    const filter = ['--filter', '^main\\.main$'];
    const { stdout } = otelElf('go', '--json', ...filter, path);
    const [file] = JSON.parse(stdout).files;
    assert.equal(file.functions.length, 1);
    assert.equal(file.functions[0].name, 'main.main');
    assert.ok(file.functions[0].fileOffset > 0);
    const listed = otelElf('go', ...filter, path)
      .stdout.trimEnd()
      .split('\n')
      .at(-1)!;
    assert.match(listed, new RegExp(`^ +${file.functions[0].vaddr} +\\d+ {2}main\\.main$`));
  });

  it('says no, with exit code 1, to an ELF file that Go did not make', () => {
    const { stdout, exitCode } = otelElf('go', process.execPath);
    assert.equal(stdout, `${process.execPath}  not made by Go\n`);
    assert.equal(exitCode, 1);
    const { files } = JSON.parse(otelElf('go', '--json', process.execPath).stdout);
    assert.equal(files[0].isGo, false);
    assert.equal(files[0].goVersion, null);
  });

  it('shows only the Go programs of a directory', function () {
    const folder = mkdtempSync(join(tmpdir(), 'otelkit-go-'));
    try {
      const { exitCode, stdout } = otelElf(
        'go',
        '--recursive',
        '--ndjson',
        join(gofmt(this), '..'),
      );
      assert.equal(exitCode, 0);
      const rows = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.ok(rows.length >= 2 && rows.every((row) => row.isGo));
      copyFileSync('/bin/true', join(folder, 'true'));
      assert.equal(otelElf('go', '--recursive', folder).stdout, '');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('refuses a pattern that is none with exit code 2', () => {
    const { exitCode, stderr } = otelElf('go', '--filter', '[', process.execPath);
    assert.equal(exitCode, 2);
    assert.match(stderr, /regular expression/);
  });
});

describe('what otel-elf go shows', () => {
  it('is safe on a terminal, whatever stands in the file', () => {
    const evil = 'x\u001b]0;title\u0007\u202e';
    const module = {
      path: evil,
      version: evil,
      sum: evil,
      replace: { path: evil, version: evil, sum: '' },
    };
    const settings = { [evil]: evil, '-ldflags': evil, 'vcs.revision': evil, GOOS: evil };
    const program = {
      ...BARE,
      goBuildId: evil,
      package: evil,
      main: module,
      deps: [module],
      settings,
    };
    const text = renderGo(program, ALL, context);
    const line = renderFunction(
      { name: evil, vaddr: '0x1', fileOffset: 1, sizeBytes: 1 },
      plainStyle,
    );
    assert.doesNotMatch(text + line, /[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('names the releases that a program without a version may be of', () => {
    const pclntab = { layout: '1.2', releases: '1.2 to 1.15', vaddr: '0x1', fileOffset: 1 };
    const rest = { evidence: 'signature', functionCount: 2, text: null, moduledata: null };
    const program = { ...BARE, goVersion: null, pclntab: { ...pclntab, ...rest } };
    const text = renderGo(program, ALL, context);
    assert.match(text, /Go of unknown version \(its function table is that of Go 1\.2 to 1\.15\)/);
    assert.match(text, /start unknown: functions have no addresses/);
  });

  it('marks what was built from uncommitted changes, and what was replaced', () => {
    const settings = { vcs: 'git', 'vcs.revision': 'abc', 'vcs.modified': 'true' };
    const replace = { path: './b', version: '', sum: '' };
    const deps = [{ path: 'b', version: 'v1', sum: '', replace }];
    const few = { deps: false, settings: false };
    const text = renderGo({ ...BARE, settings, deps }, few, context);
    assert.match(text, /revision +git abc, with uncommitted changes/);
    assert.match(text, /modules +1 \(1 replaced\)/);
  });
});
