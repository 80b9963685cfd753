// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseState } from '../../src/explain/process/memory.ts';
import { BIN, otelInject } from '../config/tool.ts';
import { library, makeWorld, type World, whyNoLibrary } from '../explain/standIns.ts';

const WAIT = 'console.log("ready"); setTimeout(() => {}, 60000)';

describe('what running processes really have', function () {
  this.timeout(120_000);
  const children: ChildProcess[] = [];
  let folder: string;
  let world: World | undefined;
  before(function () {
    const why = whyNoLibrary();
    if (why !== undefined) {
      console.log(`skip: ${why}`);
      this.skip();
    }
    world = makeWorld();
    folder = mkdtempSync(join(tmpdir(), 'otel-inject-status-'));
    writeFileSync(join(folder, 'agent.js'), '// nothing\n');
    mkdirSync(join(folder, 'python/glibc'), { recursive: true });
    writeFileSync(
      join(folder, 'injector.conf'),
      `nodejs_auto_instrumentation_agent_path=${folder}/agent.js\npython_auto_instrumentation_agent_path_prefix=${folder}/python\n`,
    );
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true });
    if (world) rmSync(world.folder, { recursive: true });
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  async function start(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
    const child = spawn(command[0]!, command.slice(1), {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: '/',
      env: {
        PATH: '/usr/bin:/bin',
        OTEL_INJECTOR_CONFIG_FILE: join(folder, 'injector.conf'),
        LD_PRELOAD: library,
        ...env,
      },
    });
    children.push(child);
    await new Promise((done) => child.stdout!.once('data', done));
    return child.pid!;
  }

  function statusOf(pid: number): Record<string, unknown> {
    const { stdout } = otelInject(['status', '--json', '--pid', String(pid)]);
    return JSON.parse(stdout).processes[0];
  }

  it('is told from memory for an injected process', async () => {
    const python = 'import time; print("ready", flush=True); time.sleep(60)';
    const entry = statusOf(
      await start(['/usr/bin/python3', '-c', python], { SHOP_TOKEN: 'sesame' }),
    );
    assert.equal(entry['state'], 'injected');
    assert.deepEqual(entry['variables'], ['PYTHONPATH']);
    assert.equal(entry['library'], library);
    assert.doesNotMatch(JSON.stringify(entry), /sesame/);
  });

  it('is still told after the program has moved its environment', async () => {
    const moved = `process.env.MORE = "1"; ${WAIT}`;
    const entry = statusOf(await start([process.execPath, '-e', moved]));
    assert.equal(entry['state'], 'injected');
    assert.deepEqual(entry['variables'], ['NODE_OPTIONS']);
  });

  it('names the reason where the library stood down', async () => {
    const env = { OTEL_INJECTOR_EXCLUDE_PATHS: '*/node*' };
    const entry = statusOf(await start([process.execPath, '-e', WAIT], env));
    assert.equal(entry['state'], 'stood-down');
    assert.match(String(entry['says']), /exclude_paths excludes it: \*\/node\* matches/);
  });

  it('tells resource attributes, no known runtime, and a process without the library', async () => {
    const sleep = ['/bin/sh', '-c', 'echo ready; exec /usr/bin/sleep 60'];
    const attributes = await start(sleep, { OTEL_INJECTOR_SERVICE_NAME: 'shop' });
    const plain = await start(sleep);
    const without = await start([process.execPath, '-e', WAIT], { LD_PRELOAD: '' });
    await new Promise((done) => setTimeout(done, 200)); // the exec after the line
    assert.equal(statusOf(attributes)['state'], 'attributes');
    assert.equal(statusOf(plain)['state'], 'unconcerned');
    assert.equal(statusOf(without)['state'], 'not-loaded');
  });

  it('explain says of a process what is in it now and what its next start would give', async () => {
    const pid = await start([process.execPath, '-e', WAIT], { LD_PRELOAD: '' });
    const { stdout, exitCode } = otelInject(['explain', '--json', String(pid)]);
    const [target] = JSON.parse(stdout).targets;
    assert.equal(exitCode, 0);
    assert.equal(target.now.state, 'not-loaded');
    assert.equal(target.programs[0].verdict, 'injected');
    assert.equal(target.programs[0].variables[0].name, 'NODE_OPTIONS');
    const gone = otelInject(['explain', '4194303']);
    assert.equal(gone.exitCode, 4);
    assert.match(gone.stderr, /no such process/);
  });

  it('doctor names the next step for one process', async () => {
    const pid = await start([process.execPath, '-e', WAIT], {
      NODEJS_AUTO_INSTRUMENTATION_AGENT_PATH: '/nowhere.js',
    });
    const { stdout, exitCode } = otelInject(['doctor', '--json', '--pid', String(pid)]);
    const [check] = JSON.parse(stdout).checks;
    assert.equal(exitCode, 1);
    assert.match(check.found, /\/nowhere\.js does not exist/);
    assert.equal(check.hint, 'otel-inject agents verify');
  });

  it('survives a program that points environ anywhere', async function () {
    const source = join(folder, 'odd.c');
    writeFileSync(
      source,
      `#include <stdio.h>
#include <unistd.h>
#include <sys/mman.h>
extern char **environ;
static char *loop[70000];
int main(int argc, char **argv) {
  char *page = mmap(0, 8192, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page + 4096, 4096);
  for (int i = 0; i < 4096; i++) page[i] = 'x';
  for (int i = 0; i < 69999; i++) loop[i] = i % 2 ? page + 4000 : (char *)(long)i;
  char **choices[] = {(char **)8, (char **)-8, (char **)(page + 4095), loop, 0};
  environ = choices[argv[1][0] - '0'];
  puts("ready"); fflush(stdout); pause();
}`,
    );
    if (spawnSync('cc', ['-w', source, '-o', join(folder, 'odd')]).status !== 0) {
      console.log('skip: no C compiler, install with: apt-get install gcc');
      this.skip();
    }
    for (const choice of ['0', '1', '2', '3', '4']) {
      const entry = statusOf(await start([join(folder, 'odd'), choice]));
      assert.match(String(entry['state']), /unconcerned|unreadable/, choice);
    }
  });

  it('counts what another user may not see, and says so for one process', async function () {
    if (process.getuid?.() !== 0) {
      console.log('skip: needs root to become another user, run with: sudo');
      this.skip();
    }
    const pid = await start([process.execPath, '-e', WAIT]);
    const as = (...args: string[]) =>
      spawnSync(process.execPath, [BIN, ...args], {
        uid: 65534,
        gid: 65534,
        encoding: 'utf8',
        timeout: 60_000,
        killSignal: 'SIGKILL',
      });
    const { summary, processes } = JSON.parse(as('status', '--json').stdout);
    assert.ok(summary.denied > 0);
    assert.ok(!processes.some((entry: { pid: number }) => entry.pid === pid));
    const one = as('explain', String(pid));
    assert.equal(one.status, 4);
    assert.match(one.stderr, /permission denied.*root/s);
  });

  it('lists every process of a known runtime and counts the others', async () => {
    const pid = await start([process.execPath, '-e', WAIT]);
    const { stdout } = otelInject(['status', '--json']);
    const { processes, summary } = JSON.parse(stdout);
    assert.ok(processes.some((entry: { pid: number }) => entry.pid === pid));
    assert.ok(summary.processes >= processes.length);
  });
});

describe('the state in front of the environment array', () => {
  it('is read by its fixed layout, and nothing else is taken for it', () => {
    const bytes = Buffer.alloc(32);
    bytes.write('otelinject-state');
    bytes.writeUInt32LE(1, 16);
    bytes[20] = 2;
    bytes[21] = 1;
    bytes.writeBigUInt64LE(9n, 24);
    assert.deepEqual(parseState(bytes), {
      version: 1,
      runtime: 'nodejs',
      verdict: 'injected',
      count: 9,
    });
    bytes.writeUInt32LE(2, 16);
    assert.deepEqual(parseState(bytes), {
      version: 2,
      runtime: undefined,
      verdict: undefined,
      count: 9,
    });
    bytes[0] = 0;
    assert.equal(parseState(bytes), undefined);
    assert.equal(parseState(bytes.subarray(0, 31)), undefined);
  });
});
