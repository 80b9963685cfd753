// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BIN, otelInject } from '../config/tool.ts';
import { library, whyNoLibrary } from '../explain/standIns.ts';

describe('otel-inject run', function () {
  this.timeout(60_000);
  let folder: string;
  let env: NodeJS.ProcessEnv;
  before(function () {
    const why = whyNoLibrary();
    if (why !== undefined) {
      console.log(`skip: ${why}`);
      this.skip();
    }
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'otel-inject-run-test-'));
    writeFileSync(join(folder, 'agent.js'), 'globalThis.agent = 1;');
    const config = join(folder, 'injector.conf');
    writeFileSync(config, `nodejs_auto_instrumentation_agent_path=${join(folder, 'agent.js')}\n`);
    mkdirSync(join(folder, 'tmp'));
    env = { OTEL_INJECTOR_CONFIG_FILE: config, TMPDIR: join(folder, 'tmp') };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives a command and its children their agent', () => {
    const script =
      'console.log(globalThis.agent, require("child_process").execFileSync(process.execPath, ["-p", "globalThis.agent"], { encoding: "utf8" }))';
    const { stdout, stderr, exitCode } = otelInject(['run', '--', 'node', '-e', script], env);
    assert.equal(stderr, '');
    assert.equal(stdout, '1 1\n\n');
    assert.equal(exitCode, 0);
  });

  it('passes on standard input, the exit code, and signals as 128 + number', () => {
    const args = [BIN, 'run', '--', 'sh', '-c', 'cat; exit 41'];
    const r = spawnSync(process.execPath, args, {
      input: 'hello',
      encoding: 'utf8',
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    assert.deepEqual([r.stdout, r.status], ['hello', 41]);
    assert.equal(otelInject(['run', '--', 'sh', '-c', 'kill -9 $$'], env).exitCode, 137);
    const missing = otelInject(['run', '--', 'no-such-program'], env);
    assert.equal(missing.exitCode, 127);
    assert.match(missing.stderr, /no such program/);
  });

  it('forwards signals and ends as the command does', async () => {
    const script = 'trap "echo got; exit 7" TERM; echo ready; while :; do sleep 0.05; done';
    const child = spawn(process.execPath, [BIN, 'run', '--', 'sh', '-c', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (out === '') child.kill('SIGTERM');
      out += text;
    });
    try {
      const code = await new Promise((done) => child.on('exit', done));
      assert.deepEqual([out, code], ['ready\ngot\n', 7]);
    } finally {
      endGroup(child.pid!);
    }
  });

  it('keeps what is preloaded already, and adds the library once', () => {
    const show = ['run', '--', 'sh', '-c', 'echo "$LD_PRELOAD"'];
    const other = '/usr/lib/x86_64-linux-gnu/libutil.so.1';
    const kept = otelInject(show, { ...env, LD_PRELOAD: other });
    assert.equal(kept.stdout, `${other}:${library}\n`);
    const once = otelInject(['run', '--', process.execPath, BIN, ...show], env);
    assert.equal(once.stdout, `${library}\n`);
  });

  it('takes settings for one run and leaves nothing behind', () => {
    const defaults = join(folder, 'default.conf');
    writeFileSync(defaults, 'OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318\n');
    const script =
      'console.log(process.env.OTEL_RESOURCE_ATTRIBUTES, process.env.OTEL_EXPORTER_OTLP_ENDPOINT)';
    const { stdout, stderr } = otelInject(
      [
        'run',
        '--set',
        'service_name=shop',
        '--set',
        `all_auto_instrumentation_agents_env_path=${defaults}`,
        '--',
        'node',
        '-e',
        script,
      ],
      env,
    );
    assert.equal(stdout, 'service.name=shop http://c:4318\n', stderr);
    assert.deepEqual(readdirSync(join(folder, 'tmp')), []);
  });

  it('loads a library from a path with blanks, by a link that goes with the command', () => {
    const library2 = join(folder, 'a folder: with blanks', 'libotelinject.so');
    mkdirSync(dirname(library2));
    copyFileSync(library!, library2);
    const script = 'console.log(globalThis.agent, process.env.LD_PRELOAD)';
    const { stdout, stderr } = otelInject(
      ['run', '--library', library2, '--', 'node', '-e', script],
      env,
    );
    assert.equal(stderr, '');
    const link = /^1 (\S+\/libotelinject\.so)\n$/.exec(stdout)?.[1];
    assert.ok(link !== undefined && !existsSync(link), stdout);
    assert.deepEqual(readdirSync(join(folder, 'tmp')), []);
  });

  it('hands over arguments and variables that are no UTF-8 byte for byte', () => {
    const show = 'printf "%s|%s|%s" "$1" "$A" "$B" | od -An -tx1; exit 9';
    const outer = `exec env "A=$(printf '\\351')" "B=it's" "$@" "$(printf '\\377x')"`;
    const run = [
      'sh',
      '-c',
      outer,
      'sh',
      process.execPath,
      BIN,
      'run',
      '--',
      'sh',
      '-c',
      show,
      'sh',
    ];
    const r = spawnSync(run[0]!, run.slice(1), {
      encoding: 'utf8',
      input: '',
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    assert.equal(r.stdout.trim(), 'ff 78 7c e9 7c 69 74 27 73', r.stderr);
    assert.equal(r.status, 9);
  });

  it('refuses an unknown key with the one that was meant', () => {
    const { exitCode, stderr } = otelInject(['run', '--set', 'servicename=x', '--', 'true'], env);
    assert.equal(exitCode, 2);
    assert.match(stderr, /did you mean service_name\?/);
  });

  it('says so only where nothing is injected', () => {
    assert.equal(otelInject(['run', '--', 'true'], env).stderr, '');
    const off = otelInject(
      ['run', '--set', 'auto_instrumentation_disabled=nodejs', '--', 'node', '-e', '0'],
      env,
    );
    assert.equal(off.exitCode, 0);
    assert.match(off.stderr, /nothing is injected into .*node: auto_instrumentation_disabled/);
  });
});

/** What a failed test left of a group of its own; it would keep our pipes open. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The usual case: nothing is left.
  }
}
