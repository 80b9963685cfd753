#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Runs every native/<name>/test/run.mjs. Each ends with a line `N passed, N failed, N skipped`, and
// may explain with lines `skip <check>: <reason>` and `fail <check>: <what>`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolEnvironment } from '../src/bootstrap/environment.mjs';
import { ROOT } from '../src/bootstrap/paths.mjs';
import { NATIVE_RESULTS, readNativeOutput } from '../src/testing/nativeSuites.mjs';

const parent = join(ROOT, 'native');
const folder = join(ROOT, 'test-results');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
const suites = [];
for (const name of existsSync(parent) ? readdirSync(parent).sort() : []) {
  if (!existsSync(join(parent, name, 'test', 'run.mjs'))) continue;
  const { exitCode, output } = await run(join(parent, name));
  suites.push({ name: `native/${name}`, ...readNativeOutput(output, exitCode) });
  if (exitCode !== 0) process.exitCode = 1;
}
writeFileSync(join(ROOT, NATIVE_RESULTS), JSON.stringify({ suites }, undefined, 1));

/**
 * @param {string} cwd
 * @returns {Promise<{ exitCode: number, output: string }>}
 */
function run(cwd) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, [join('test', 'run.mjs')], {
      cwd,
      env: toolEnvironment(process.env),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('error', (error) => resolve({ exitCode: 127, output: error.message }));
    child.on('close', (code) => resolve({ exitCode: code ?? 1, output }));
  });
}
