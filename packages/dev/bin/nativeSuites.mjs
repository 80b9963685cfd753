#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Runs every native/<name>/test/run.mjs, two at a time. Each ends with a line `N passed, N failed, N
// skipped`, and may explain with lines `skip <check>: <reason>` and `fail <check>: <what>`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolEnvironment } from '../src/bootstrap/environment.mjs';
import { ROOT } from '../src/bootstrap/paths.mjs';
import { cpuSeconds } from '../src/testing/cpuTime.cjs';
import { NATIVE_RESULTS, readNativeOutput } from '../src/testing/nativeSuites.mjs';

const parent = join(ROOT, 'native');
const folder = join(ROOT, 'test-results');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
/** Begun first, in this order: the run is as long as the longest. The others as they are called. */
const LONGEST = ['injector', 'bpf-helper'];
/** They wait for programs much of the time, and the suites of the packages leave a core to them. */
const AT_ONCE = 2;
/** How often a suite's CPU time is read: once it has ended, it is gone. */
const CPU_EVERY_MS = 500;

const names = readdirSync(parent)
  .sort()
  .filter((name) => existsSync(join(parent, name, 'test', 'run.mjs')));
const waiting = [...names].sort((left, right) => rank(left) - rank(right));
const suites = new Map();
await Promise.all(Array.from({ length: AT_ONCE }, runWaiting));
const ordered = names.map((name) => suites.get(name));
writeFileSync(join(ROOT, NATIVE_RESULTS), JSON.stringify({ suites: ordered }, undefined, 1));

/** @param {string} name */
function rank(name) {
  const index = LONGEST.indexOf(name);
  return index < 0 ? LONGEST.length : index;
}

async function runWaiting() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const startMs = performance.now();
    const { exitCode, output, cpu } = await run(join(parent, name));
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    console.log(`native/${name}: ${seconds} s, CPU ${cpu.toFixed(1)} s`);
    suites.set(name, { name: `native/${name}`, ...readNativeOutput(output, exitCode) });
    if (exitCode !== 0) process.exitCode = 1;
  }
}

/**
 * @param {string} cwd
 * @returns {Promise<{ exitCode: number, output: string, cpu: number }>} `cpu` in seconds
 */
function run(cwd) {
  return new Promise((resolve) => {
    let output = '';
    let begun = '';
    let cpu = 0;
    const child = spawn(process.execPath, [join('test', 'run.mjs')], {
      cwd,
      env: toolEnvironment(process.env),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const watch = setInterval(() => {
      if (child.pid !== undefined) cpu = Math.max(cpu, cpuSeconds(child.pid));
    }, CPU_EVERY_MS);
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk) => {
      output += chunk;
      // Whole lines only: another suite writes between them.
      begun += chunk;
      const end = begun.lastIndexOf('\n') + 1;
      process.stdout.write(begun.slice(0, end));
      begun = begun.slice(end);
    });
    child.on('error', (error) => {
      clearInterval(watch);
      resolve({ exitCode: 127, output: error.message, cpu });
    });
    child.on('close', (code) => {
      clearInterval(watch);
      if (begun !== '') console.log(begun);
      resolve({ exitCode: code ?? 1, output, cpu });
    });
  });
}
