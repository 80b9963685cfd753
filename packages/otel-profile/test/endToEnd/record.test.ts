// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  CALLS,
  helpersOf,
  isAlive,
  prepareChain,
  runTool,
  startTool,
  until,
  waitForExit,
} from './profiling.ts';

describe('endToEnd/record', function () {
  this.timeout(120_000);
  let folder: string;
  let chain: string;
  const children: ChildProcess[] = [];

  before(function () {
    ({ folder, chain } = prepareChain(this, 'record'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  /** Samples of the program by whether their call chain is whole. */
  function judge(path: string): { readonly whole: number; readonly all: number } {
    let [whole, all] = [0, 0];
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const match = /^chain;.*;(?:spin|c|b|a) (\d+)$/.exec(line);
      if (match === null) continue;
      all += Number(match[1]);
      if (CALLS.test(line)) whole += Number(match[1]);
    }
    return { whole, all };
  }

  it('sees a command from its beginning, with every caller, and passes its exit code', () => {
    const out = join(folder, 'chain.folded');
    const run = runTool(['record', '-F', '499', '-o', out, '--', chain, '1', '7']);
    assert.equal(run.status, 7, run.stderr);
    const { whole, all } = judge(out);
    // A second of CPU time at 499 Hz; a busy machine samples no less, for CPU time is what counts.
    assert.ok(all > 200, `${all} samples: ${run.stderr}`);
    assert.ok(whole / all > 0.9, `${whole} of ${all} are whole`);
  });

  it('prints a table for who asks for one, and writes no file', () => {
    const run = runTool(['record', '-F', '499', '--format', 'top', '--', chain, '0.3']);
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /self .*function\n(?:.*\n)*.* spin /);
    assert.match(run.stderr, /^\d+ samples$/m);
  });

  it('leaves other processes out', () => {
    const out = join(folder, 'only.folded');
    const run = runTool(['record', '-F', '499', '-o', out, '--', chain, '0.5']);
    assert.equal(run.status, 0, run.stderr);
    const names = new Set(
      readFileSync(out, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split(';')[0]!.replace(/ \d+$/, '')),
    );
    for (const name of names) assert.match(name, /^(chain|sh|setpriv|node)$/);
  });

  it('records a running process by its number', async () => {
    const child = spawn(chain, ['60']);
    children.push(child);
    const out = join(folder, 'pid.folded');
    const run = runTool(['record', '-d', '1s', '-F', '499', '-p', `${child.pid}`, '-o', out]);
    assert.equal(run.status, 0, run.stderr);
    const { whole, all } = judge(out);
    assert.ok(all > 10 && whole / all > 0.8, `${whole} of ${all}: ${run.stderr}`);
  });

  it('writes what go tool pprof reads', function () {
    const out = join(folder, 'chain.pb.gz');
    const run = runTool(['record', '-F', '499', '-o', out, '--', chain, '0.5']);
    assert.equal(run.status, 0, run.stderr);
    const top = spawnSync('go', ['tool', 'pprof', '-top', out], { encoding: 'utf8' });
    if (top.error !== undefined) {
      console.log('skip: no go, install with: apt-get install golang-go');
      return this.skip();
    }
    assert.match(top.stdout, /\bspin\b/);
  });

  it('ends a command that outlives the duration', () => {
    const out = join(folder, 'cut.folded');
    const run = runTool(['record', '-d', '300ms', '-o', out, '--', 'sleep', '600']);
    assert.equal(run.status, 0, run.stderr);
    assert.ok(existsSync(out));
  });

  it('writes a file that only its owner can read', () => {
    const out = join(folder, 'mode.folded');
    runTool(['record', '-d', '100ms', '-o', out]);
    assert.equal(statSync(out).mode & 0o777, 0o600);
  });

  it('refuses a file whose ending names no format', () => {
    const run = runTool(['record', '-d', '1s', '-o', join(folder, 'x.unknown')]);
    assert.equal(run.status, 2);
    assert.match(run.stderr, /its ending names no format/);
  });

  it('leaves nothing behind when it is killed', async () => {
    const child = startTool(['record', '-o', join(folder, 'killed.folded')]);
    children.push(child);
    await until(() => helpersOf(child.pid!).length === 1);
    const [helper] = helpersOf(child.pid!);
    child.kill('SIGKILL');
    await waitForExit(child);
    // What is attached is held by its descriptors, and nothing is pinned: it goes with the helper.
    await until(() => !isAlive(helper!));
  });

  it('says that the helper was killed, and keeps what it had', async () => {
    const out = join(folder, 'partial.folded');
    const child = startTool(['record', '-o', out]);
    children.push(child);
    let talk = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      talk += chunk.toString();
    });
    await until(() => helpersOf(child.pid!).length === 1);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    process.kill(helpersOf(child.pid!)[0]!, 'SIGKILL');
    const code = await waitForExit(child);
    assert.match(talk, /was killed by SIGKILL/);
    assert.ok(code === 1 || code === 4, `${code}: ${talk}`);
  });
});
