// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { BIN, folder, needs, program, run } from '../contract/samples.ts';

const MOST_KIB = 64 * 1024;

/** Peak memory of a run in KiB, by a hook that Node loads first. */
function peakKib(args: readonly string[]): number {
  const hook = join(folder(), 'peak.cjs');
  const result = join(folder(), 'peak.txt');
  writeFileSync(
    hook,
    `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(result)}, ` +
      'String(process.resourceUsage().maxRSS)));',
  );
  spawnSync(process.execPath, ['--require', hook, ...args], { stdio: 'ignore' });
  const text = spawnSync('cat', [result], { encoding: 'utf8' }).stdout;
  assert.match(text, /^\d+$/);
  return Number(text);
}

describe('inspect', () => {
  before(function () {
    needs(this, 'gcc', 'apt-get install gcc libc6-dev');
  });

  it('shows a binary on one screen, each fact under its name', () => {
    const path = program('gcc', '-O2');
    const lines = run(['inspect', path]).stdout.split('\n');
    assert.ok(lines[0]?.startsWith(`${path}  pie, `), lines[0]);
    assert.ok(lines.length < 24);
    for (const label of [
      'interpreter',
      'libc',
      'needed',
      'build ID',
      'file ID',
      'hardening',
      'entry',
    ]) {
      assert.ok(
        lines.some((line) => line.startsWith(`  ${label} `)),
        `no ${label}`,
      );
    }
  });

  it('tells of a core file who died of what, and where its threads were', function () {
    needs(this, 'gdb', 'apt-get install gdb');
    const core = join(folder(), 'core.dead');
    const path = program('gcc', '-g');
    const steps = ['break main', 'run', `generate-core-file ${core}`, 'kill'];
    spawnSync('gdb', ['-q', '-batch', ...steps.flatMap((step) => ['-ex', step]), path]);
    if (!existsSync(core)) {
      console.log('skip: gdb may not trace processes here, install with: run as root');
      this.skip();
    }
    const { stdout, exitCode } = run(['inspect', core]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^ {2}died +\S+, PID \d+, of SIGTRAP/m);
    assert.ok(stdout.includes(`\n  executable  ${path}\n`), stdout);
    assert.match(stdout, /^ {2}threads +1: \d+ pc 0x[0-9a-f]+ sp 0x[0-9a-f]+$/m);
    assert.match(stdout, /^ {2}mapped +.*libc/m);
    assert.doesNotMatch(stdout, /stripped|entry/);
  });

  it('says of a Go program what `go version -m` says', function () {
    needs(this, 'go', 'https://go.dev/doc/install');
    this.timeout(180_000);
    const place = join(folder(), 'go-inspect');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'go.mod'), 'module example.com/inspected\ngo 1.20\n');
    writeFileSync(join(place, 'main.go'), 'package main\nfunc main() { println("x") }\n');
    const env = {
      ...process.env,
      CGO_ENABLED: '0',
      GOTOOLCHAIN: 'local',
      GOFLAGS: '-buildvcs=false',
    };
    execFileSync('go', ['build', '-ldflags=-s -w', '-o', 'out', '.'], { cwd: place, env });
    const path = join(place, 'out');
    const text = execFileSync('go', ['version', '-m', path], { encoding: 'utf8', env });
    const [{ go }] = JSON.parse(run(['inspect', '--json', path]).stdout).files;
    const lines = [`${path}: ${go.goVersion}`, `\tpath\t${go.path}`];
    lines.push(`\tmod\t${go.main.path}\t${go.main.version}\t${go.main.sum}`);
    for (const [key, value] of Object.entries(go.settings as Record<string, string>)) {
      const quoted = /[\s"'`]/.test(value) ? JSON.stringify(value) : value;
      lines.push(`\tbuild\t${key}=${quoted}`);
    }
    assert.deepEqual(lines, text.trimEnd().split('\n'));
  });

  it('reads the executable of a process after its file is gone', () => {
    const path = join(folder(), 'victim');
    copyFileSync('/bin/sleep', path);
    chmodSync(path, 0o755);
    const child = spawn(path, ['60'], { stdio: 'ignore' });
    try {
      unlinkSync(path);
      const { stdout, exitCode, stderr } = run(['inspect', '--json', '--pid', String(child.pid)]);
      assert.equal(exitCode, 0, stderr);
      const [file] = JSON.parse(stdout).files;
      assert.equal(file.process.executable, `${path} (deleted)`);
      assert.match(file.fileId, /^[0-9a-f]{32}$/);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('reads the executable of a process that never was a file', async function () {
    needs(this, 'python3', 'apt-get install python3');
    const script = `import os, sys
fd = os.memfd_create("payload", 0)
os.write(fd, open("/bin/sleep", "rb").read())
sys.stdout.write("x"); sys.stdout.flush()
os.execve(fd, ["sleep", "60"], {})`;
    const child = spawn('python3', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve));
      let file: { process: { executable: string } } | undefined;
      for (let i = 0; i < 20 && !file?.process.executable.includes('memfd'); i++) {
        file = JSON.parse(run(['inspect', '--json', String(child.pid)]).stdout).files[0];
      }
      assert.equal(file?.process.executable, '/memfd:payload (deleted)');
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('takes no more memory than it may, whatever the size of the file', function () {
    needs(this, 'cat', 'apt-get install coreutils');
    const bare = peakKib(['-e', '0']);
    const sparse = join(folder(), 'sparse');
    copyFileSync(program('gcc', '-O2'), sparse);
    chmodSync(sparse, 0o755);
    const fd = openSync(sparse, 'r+');
    ftruncateSync(fd, 2 ** 40);
    writeSync(fd, 'end', 2 ** 40 - 3);
    closeSync(fd);
    for (const path of [sparse, process.execPath]) {
      const above = peakKib([BIN, 'inspect', '--json', path]) - bare;
      assert.ok(above <= MOST_KIB, `${path}: ${above} KiB above a bare node`);
    }
  });
});
