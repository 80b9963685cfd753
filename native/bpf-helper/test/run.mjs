#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Everything about the helper: go vet, then the Go tests. usage: node run.mjs [PACKAGE…]
import { spawn, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildBpf } from '../../../bpf/build.mjs';
import { goEnvironment } from '../../go.mjs';
import { guestTests } from './guests.mjs';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const packages = process.argv.length > 2 ? process.argv.slice(2) : ['./...'];
const counts = { passed: 0, failed: 0, skipped: 0 };
const env = goEnvironment();

function tell(outcome, title, text) {
  if (outcome === 'ok') counts.passed++;
  else if (outcome === 'skip') counts.skipped++;
  else counts.failed++;
  const oneLine = text?.trim().replaceAll(/\s*\n\s*/g, ' | ');
  console.log(oneLine ? `${outcome} ${title}: ${oneLine.slice(0, 1500)}` : `${outcome} ${title}`);
}

function check(title, args) {
  const run = spawnSync('go', args, { cwd: folder, env, encoding: 'utf8' });
  if (run.status === 0) tell('ok', title);
  else tell('fail', title, run.error?.message ?? `${run.stderr}${run.stdout}`);
  return run.status === 0;
}

/** Each finished test of `go test -json` with what it printed; a package's own failure too. */
async function goTests() {
  const args = ['test', '-json', '-count=1', '-timeout=600s', ...packages];
  const child = spawn('go', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const printed = new Map();
  const failedWithin = new Set();
  for await (const line of createInterface({ input: child.stdout })) {
    const event = parse(line);
    const name = `${event.Package ?? ''} ${event.Test ?? ''}`.trim();
    const title = name.replace(/^otelkit\/bpf-helper\/?(internal\/)?/, '').replaceAll(':', ' ');
    if (event.Action === 'output' || event.Action === 'build-output') {
      printed.set(name, (printed.get(name) ?? '') + event.Output);
    } else if (event.Action === 'skip' && event.Test) {
      tell('skip', title, reasonOf(printed.get(name)));
    } else if (event.Action === 'pass' && event.Test) {
      tell('ok', title);
    } else if (event.Action === 'fail' && (event.Test || !failedWithin.has(event.Package))) {
      failedWithin.add(event.Package);
      tell('fail', title || 'tests', printed.get(name));
    }
    if (event.Test && /^(pass|skip|fail)$/.test(event.Action)) printed.delete(name);
  }
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return { Action: 'output', Output: `${line}\n` };
  }
}

/** `file_test.go:12: skip: reason` → reason. */
function reasonOf(output = '') {
  const lines = output.split('\n').filter((line) => /_test\.go:\d+:|skip:/.test(line));
  return lines.join(' ').replace(/^.*?_test\.go:\d+:\s*(skip:\s*)?/, '') || 'no reason was printed';
}

try {
  buildBpf();
  if (check('go vet', ['vet', './...'])) {
    await goTests();
    if (process.argv.length === 2) await guestTests(folder, tell);
  }
} catch (error) {
  tell('fail', 'driver', error.message);
} finally {
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}
