// SPDX-License-Identifier: Apache-2.0
// Every document that the commands write is as docs/schema says, for answers and for errors alike.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const PROGRAM = join(ROOT, 'packages/otel-inject/bin/run.js');
const LIBRARY = join(ROOT, 'native/injector/zig-out', `linux-${process.arch}`, 'libotelinject.so');

function compile(command: string): ValidateFunction {
  const path = join(ROOT, 'docs/schema', `otel-inject-${command}.schema.json`);
  const options = {
    strict: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
  };
  return new Ajv2020(options).compile(JSON.parse(readFileSync(path, 'utf8')));
}

describe('contract/schemas of otel-inject', function () {
  this.timeout(120_000);
  let folder: string;

  before(function () {
    if (!existsSync(join(ROOT, 'packages/otel-inject/dist/agents.cjs')) || !existsSync(LIBRARY)) {
      console.log(
        'skip: not built, build it with: npm run build && node native/injector/build.mjs',
      );
      return this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'otel-inject-schema-'));
    chmodSync(folder, 0o755);
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  function judge(args: readonly string[], exitCodes: readonly number[]): Record<string, unknown[]> {
    const run = spawnSync(process.execPath, [PROGRAM, ...args], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 100_000,
      killSignal: 'SIGKILL',
    });
    assert.ok(exitCodes.includes(run.status ?? -1), `${args}: ${run.status} ${run.stderr}`);
    const document = JSON.parse(run.stdout) as Record<string, unknown[]>;
    const validate = compile(args[0]!);
    assert.ok(validate(document), `${args}: ${JSON.stringify(validate.errors?.[0])} ${run.stdout}`);
    return document;
  }

  it('agents: list, add, verify and remove, sound, damaged and impossible', () => {
    const jar = join(folder, 'agent.jar');
    writeFileSync(jar, 'a jar');
    const prefix = ['--prefix', join(folder, 'prefix'), '--json'];
    const all = judge(['agents', 'list', ...prefix], [0]);
    assert.equal(all['agents']!.length, 5);
    judge(['agents', 'add', 'java', '--from', jar, ...prefix], [0]);
    judge(['agents', 'verify', 'java', ...prefix], [0]);
    writeFileSync(join(folder, 'prefix/jvm/javaagent.jar'), 'another');
    judge(['agents', 'verify', ...prefix], [1]);
    judge(['agents', 'verify', 'node', ...prefix], [1]);
    judge(['agents', 'list', ...prefix], [0]);
    judge(['agents', 'remove', 'java', ...prefix], [0]);
    const failed = judge(['agents', 'add', 'ruby', 'dotnet', ...prefix], [1]);
    assert.equal(failed['errors']!.length, 2);
  });

  it('build: a library, another file, and no ELF file', () => {
    judge(['build', '--check', LIBRARY, '--json'], [0]);
    judge(['build', '--check', process.execPath, '--json'], [1]);
    const failed = judge(['build', '--check', PROGRAM, '--json'], [3]);
    assert.equal(failed['errors']!.length, 1);
  });

  it('install, status, doctor and uninstall below a root', () => {
    const root = join(folder, 'root');
    mkdirSync(root);
    const below = ['--root', root, '--json'];
    judge(['install', '--dry-run', ...below], [0]);
    judge(['status', ...below], [0, 1]);
    judge(['install', ...below], [0]);
    judge(['status', ...below], [0, 1]);
    judge(['doctor', ...below], [0, 1]);
    const from = join(folder, 'given.jar');
    writeFileSync(from, 'a jar');
    const prefix = join(root, 'usr/lib/opentelemetry');
    judge(['agents', 'add', 'java', '--from', from, '--prefix', prefix, '--json'], [0]);
    judge(['status', ...below], [0, 1]);
    judge(['uninstall', '--dry-run', '--purge', ...below], [0]);
    const purged = judge(['uninstall', '--purge', ...below], [0]);
    assert.deepEqual(purged['agents'], [
      { runtime: 'java', path: join(prefix, 'jvm'), wasThere: true },
    ]);
    judge(['uninstall', ...below], [0]);
  });

  it('install: for units, accounts, containers, over an edited host, and refused', () => {
    const root = join(folder, 'edited');
    mkdirSync(join(root, 'etc/opentelemetry/injector'), { recursive: true });
    writeFileSync(join(root, 'etc/ld.so.preload'), '/a.so\n');
    writeFileSync(join(root, 'etc/opentelemetry/injector/injector.conf'), '# mine\n');
    const below = ['--root', root, '--json'];
    judge(['install', '--no-probe', '--dry-run', ...below], [0]);
    judge(['install', '--no-probe', '--runtime', 'java', ...below], [0]);
    judge(['install', '--no-probe', ...below], [0]);
    judge(['install', '--mode', 'systemd', '--no-probe', ...below], [0]);
    judge(['install', '--mode', 'container', ...below], [0]);
    judge(['uninstall', ...below], [0]);
    const refused = judge(['install', '--library', PROGRAM, ...below], [1, 3, 4]);
    assert.equal(refused['errors']!.length, 1);
  });

  it('doctor and status of a host with an interrupted change and a damaged receipt', () => {
    const root = join(folder, 'cut-off');
    const state = join(root, 'var/lib/otelkit/inject');
    mkdirSync(state, { recursive: true });
    const begun = { transaction: 'ab', phase: 'applying', startedAt: '2026-01-02T03:04:05Z' };
    const journal = { version: 1, command: 'install', ...begun, entries: [] };
    writeFileSync(join(state, 'journal.json'), JSON.stringify(journal));
    const below = ['--root', root, '--json'];
    judge(['status', ...below], [1]);
    judge(['doctor', ...below], [1]);
    judge(['doctor', '--mend', ...below], [0, 1]);
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, 'receipt.json'), '{');
    judge(['status', ...below], [1]);
    judge(['doctor', ...below], [1]);
    judge(['doctor', '--json', '--pid', `${process.pid}`], [0, 1]);
    judge(['status', '--json', '--pid', `${process.pid}`], [0, 1]);
  });

  it('explain and config', () => {
    judge(['explain', '--json', '--', 'node', 'x.js'], [0, 1]);
    judge(['explain', '--json', `${process.pid}`], [0, 1]);
    judge(['config', 'get', '--json'], [0]);
    const file = join(folder, 'injector.conf');
    writeFileSync(file, 'jvm_auto_instrumentation_agent_pth=/x\n');
    judge(['config', 'validate', '--config-file', file, '--json'], [1]);
    const set = ['config', 'set', 'builtin_deny_list', 'false', '--config-file', file, '--json'];
    judge(set, [0]);
    judge(['config', 'get', '--config-file', file, '--json'], [0, 1]);
    judge(
      ['explain', '--config-file', file, '--json', '--', 'env', 'A=1', 'sh', '-c', ':'],
      [0, 1],
    );
    judge(['explain', '--json', '--', 'no-such-program'], [1, 4]);
    judge(['explain', '--json', '4194304'], [1, 4]);
  });
});
