#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Everything about the weaver: go vet, then the Go tests, real go builds among them; with
// OTELKIT_FULL_MATRIX=1 also those that take minutes. usage: node run.mjs [PACKAGE…]
import { spawn, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { goEnvironment } from '../../go.mjs';
import { packRuntime } from '../build.mjs';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const packages = process.argv.length > 2 ? process.argv.slice(2) : ['./...'];
const counts = { ok: 0, fail: 0, skip: 0 };
const env = goEnvironment();

function tell(outcome, title, text = '') {
  counts[outcome]++;
  const oneLine = text.trim().replaceAll(/\s*\n\s*/g, ' | ');
  console.log(oneLine ? `${outcome} ${title}: ${oneLine.slice(0, 1500)}` : `${outcome} ${title}`);
}

function vet() {
  const run = spawnSync('go', ['vet', './...'], { cwd: folder, env, encoding: 'utf8' });
  if (run.status === 0) tell('ok', 'go vet');
  else tell('fail', 'go vet', run.error?.message ?? `${run.stderr}${run.stdout}`);
  return run.status === 0;
}

/** One line of `go test -json`; what a failed build prints is none. */
function eventOf(line) {
  try {
    return JSON.parse(line);
  } catch {
    return { Action: 'output', Output: `${line}\n` };
  }
}

async function goTests() {
  const limit = process.env.OTELKIT_FULL_MATRIX === '1' ? '3h' : '25m';
  const args = ['test', '-json', '-count=1', `-timeout=${limit}`, ...packages];
  const child = spawn('go', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const printed = new Map();
  const told = new Set();
  for await (const line of createInterface({ input: child.stdout })) {
    const event = eventOf(line);
    const name = `${event.Package ?? event.ImportPath ?? ''} ${event.Test ?? ''}`.trim();
    if (event.Action?.endsWith('output')) {
      printed.set(name, (printed.get(name) ?? '') + event.Output);
      continue;
    }
    const title = name.replace(/^otelkit\/go-toolexec\/?(internal\/)?/, '').replaceAll(':', ' ');
    if (event.Test && event.Action === 'pass') tell('ok', title);
    if (event.Test && event.Action === 'skip') tell('skip', title, reasonOf(printed.get(name)));
    if (event.Action === 'fail' && (event.Test || !told.has(event.Package))) {
      told.add(event.Package);
      tell('fail', title || 'tests', printed.get(name));
    }
  }
}

/** `file_test.go:12: reason` → reason. */
function reasonOf(output = '') {
  const line = output.split('\n').find((text) => /_test\.go:\d+:/.test(text)) ?? '';
  return line.replace(/^.*?_test\.go:\d+:\s*/, '') || 'no reason was printed';
}

try {
  packRuntime();
  if (vet()) await goTests();
} catch (error) {
  tell('fail', 'driver', error.message);
} finally {
  console.log(`${counts.ok} passed, ${counts.fail} failed, ${counts.skip} skipped`);
  process.exitCode = counts.fail === 0 ? 0 : 1;
}
