// SPDX-License-Identifier: Apache-2.0
// One line a case, counted; a program run with and without the library, compared and traced.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { differingCalls } from './calls.mjs';

export const injectorFolder = dirname(dirname(fileURLToPath(import.meta.url)));
export const fixturesFolder = join(injectorFolder, 'test', 'fixtures');
export const work = mkdtempSync(join(tmpdir(), 'otel-injector-test-'));
export const library = join(work, 'lib', 'linux-x64', 'libotelinject.so');
/** As long a path: the environment's size shows in how often some programs write. */
export const emptyLibrary = join(work, 'nil', 'linux-x64', 'libotelinject.so');
export const isRoot = process.getuid?.() === 0;

const tally = { passed: 0, failed: 0, skipped: 0 };
let filter = '';
let verbose = true;

export function configure(options) {
  filter = options.only ?? '';
  verbose = !options.quiet;
}

/** Whether any case whose name begins like this can be wanted. */
export const isWanted = (beginning) =>
  filter.startsWith(beginning) ||
  beginning.startsWith(filter) ||
  !/^(x86_64|aarch64) /.test(filter);

/** Runs `body`; it throws to fail and returns a string to add a figure to the line. */
export function check(name, body) {
  if (filter && !name.includes(filter)) return;
  try {
    const note = body();
    tally.passed++;
    if (verbose) console.log(`ok   ${name}${note ? `: ${note}` : ''}`);
  } catch (error) {
    fail(name, error);
  }
}

/** A failure outside of any case; no filter hides it. */
export function fail(name, error) {
  tally.failed++;
  console.log(`FAIL ${name}: ${error.message.slice(0, 1500)}`);
}

export function skip(name, reason) {
  if (filter && !name.includes(filter)) return;
  tally.skipped++;
  console.log(`skip ${name}: ${reason}`);
}

export function finish() {
  rmSync(work, { recursive: true, force: true });
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  process.exitCode = tally.failed ? 1 : 0;
}

export function assert(condition, message) {
  if (!condition) throw new Error(message);
}

export function equal(actual, expected, what) {
  if (actual === expected) return;
  throw new Error(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`);
}

export function which(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const probe = (path) => spawnSync('test', ['-x', path]).status === 0;
  return folders
    .map((f) => join(f, name))
    .find((path) => probe(path) && !path.includes('/.pyenv/shims/'));
}

const base = { PATH: process.env.PATH, HOME: work, LANG: 'C.UTF-8', KEEP: 'kept value' };

/** Runs a command; `preload` is put first into its environment, and nothing into an `exactEnv`. */
export function run(command, { env = {}, exactEnv, preload, timeoutMs = 20000, ...rest } = {}) {
  const all = exactEnv ? { ...exactEnv } : { ...base, ...env };
  if (preload) all.LD_PRELOAD = preload;
  for (const [k, v] of Object.entries(all)) if (v === undefined) delete all[k];
  const r = spawnSync(command[0], command.slice(1), {
    env: all,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    cwd: '/',
    maxBuffer: 1 << 26,
    encoding: 'latin1',
    ...rest,
  });
  const status = r.error ? `${r.error.code}` : (r.status ?? r.signal);
  return { status, stdout: r.stdout ?? '', stderr: r.stderr ?? '' };
}

const loaderNote = /^ERROR: ld\.so: .*\n/gm;
const javaNote = /^Picked up (JAVA_TOOL|JDK_JAVA)_OPTIONS.*\n/gm;

export function normalised(text) {
  return text
    .replaceAll(library, 'SO')
    .replaceAll(emptyLibrary, 'SO')
    .replace(loaderNote, '')
    .replace(javaNote, '');
}

/** Same status, output and messages as under an empty preload. */
export function assertSame(command, options = {}) {
  const a = run(command, { ...options, preload: emptyLibrary });
  const b = run(command, { ...options, preload: library });
  equal(b.status, a.status, `status of ${command[0]} (${b.stderr.slice(0, 200)})`);
  equal(normalised(b.stdout), normalised(a.stdout), 'stdout');
  equal(normalised(b.stderr), normalised(a.stderr), 'stderr');
  return b;
}

/** Lines of the system calls after execve; up to the first new thread when asked. */
export function trace(command, options = {}) {
  const { env = {}, preload, toFirstThread = false, flags = [], ...user } = options;
  const file = join(work, 'trace');
  writeFileSync(file, '');
  // Whoever runs the program writes it.
  chmodSync(file, 0o666);
  const args = ['-qq', '-o', file, '-e', 'signal=none', ...flags];
  for (const [k, v] of Object.entries({ ...base, ...env, LD_PRELOAD: preload }))
    args.push('-E', `${k}=${v}`);
  spawnSync('strace', [...args, ...command], {
    env: { PATH: process.env.PATH },
    stdio: 'ignore',
    timeout: 20000,
    killSignal: 'SIGKILL',
    cwd: '/',
    ...user,
  });
  const lines = readFileSync(file, 'latin1')
    .split('\n')
    .filter((l) => /^[a-z_0-9]+\(/.test(l));
  rmSync(file, { force: true });
  const end = lines.findIndex((l) => /^(clone3?|v?fork)\(/.test(l));
  return toFirstThread && end >= 0 ? lines.slice(0, end) : lines;
}

/** Calls beyond those under an empty preload, see calls.mjs. */
export function extraCalls(command, options = {}, limits = {}) {
  const under = (preload) => () => trace(command, { ...options, preload });
  return differingCalls(under(emptyLibrary), under(library), limits);
}

/** NAME=VALUE lines as an object. */
export function variables(stdout) {
  const out = {};
  for (const line of stdout.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0 && !(line.slice(0, at) in out)) out[line.slice(0, at)] = line.slice(at + 1);
  }
  return out;
}

/** Runs under the library: status, output, the environment shown and what the agent said. */
export function injected(command, env) {
  const r = run(command, { env, preload: library });
  return { ...r, env: variables(r.stdout), agent: r.stdout.match(/^agent (.*)$/m)?.[1] };
}

export function atMostEightCalls(name, command, options) {
  check(`${name}: at most 8 system calls`, () => {
    if (!which('strace')) return 'no strace';
    return atMost(8, (limits) => extraCalls(command, options, limits));
  });
}

/** The figure of calls that are allowed; `extra` is told the limit and gives their names. */
export function atMost(limit, extra) {
  const names = extra({ atMost: limit }).split(' ').filter(Boolean);
  assert(names.length <= limit, `${names.length} system calls: ${names.join(' ')}`);
  return `${names.length} calls`;
}
