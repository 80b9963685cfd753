// SPDX-License-Identifier: Apache-2.0
// Load in turns to programs that do the same, and what a request of it cost each process.
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from './measure.mjs';

const SECONDS = '0.4';
const CONNECTIONS = '8';

const children = [];

export function start(program, args, env = {}) {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  return child;
}

export function endAll() {
  for (const child of children) child.kill('SIGKILL');
}

const firstLine = (child) =>
  new Promise((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim())));

/** Starts a program whose first line is the address that it serves. */
export async function serve(path, args = [], env = {}) {
  const child = start(path, args, env);
  return { pid: child.pid, address: await firstLine(child), child };
}

/** Builds the Go program in a folder; `command` stands for `go build`. */
export function build(folder, output, command = ['go', 'build'], env = {}) {
  const [program, ...args] = command;
  execFileSync(program, [...args, '-o', output, '.'], {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOWORK: 'off', ...env },
  });
}

/** Builds what makes the load; `turn` wants its path. */
export function buildLoad(work) {
  const path = join(work, 'load');
  build(join(ROOT, 'bench/lib/goLoad'), path);
  return path;
}

/** CPU of all threads, µs. */
function cpuUs(pid) {
  let ns = 0;
  try {
    for (const tid of readdirSync(`/proc/${pid}/task`)) {
      ns += Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]);
    }
  } catch {
    // A thread that has just ended.
  }
  return ns / 1_000;
}

export async function load(program, address, path, seconds = SECONDS) {
  const child = start(program, [address, path, CONNECTIONS, seconds]);
  let text = '';
  for await (const part of child.stdout) text += part;
  return JSON.parse(text);
}

/** One turn: what a request cost each of the processes. */
export async function turn(program, address, path, pids, seconds = SECONDS) {
  const before = pids.map(cpuUs);
  const result = await load(program, address, path, seconds);
  const { requests, cpuUs: loadUs } = result;
  // What is still on its way was made by this turn.
  await sleep(150);
  const each = pids.map((pid, i) => (cpuUs(pid) - before[i]) / requests);
  return { ...result, each, sumUs: each.reduce((sum, us) => sum + us, loadUs / requests) };
}

export const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
