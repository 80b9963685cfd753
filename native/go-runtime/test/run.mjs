#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Everything about the runtime module: gofmt, go vet, its tests; with OTELKIT_FULL_MATRIX=1 woven
// programs per library too.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LIBRARIES, testLibraries } from './libraries.mjs';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const env = { ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off' };
const counts = { passed: 0, failed: 0, skipped: 0 };

function run(command, args) {
  return spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' });
}

function tell(isGood, title, text) {
  if (isGood) counts.passed++;
  else counts.failed++;
  const oneLine = text
    ?.trim()
    .replaceAll(/\s*\n\s*/g, ' | ')
    .slice(0, 1500);
  console.log(isGood ? `ok ${title}` : `fail ${title}: ${oneLine}`);
}

const unformatted = run('gofmt', ['-l', '.']);
tell(unformatted.status === 0 && unformatted.stdout === '', 'gofmt', unformatted.stdout);
const vet = run('go', ['vet', './...']);
tell(vet.status === 0, 'go vet', vet.stderr);
const needs = run('go', [
  'list',
  '-deps',
  '-f',
  '{{if not .Standard}}{{.ImportPath}}{{end}}',
  './...',
]);
const foreign = needs.stdout
  .split('\n')
  .filter((path) => path && !path.startsWith('otelkit.dev/go'));
tell(
  needs.status === 0 && foreign.length === 0,
  'nothing but the standard library',
  foreign.join(' '),
);

const tests = run('go', ['test', '-json', '-timeout=120s', './...']);
for (const line of tests.stdout.split('\n')) {
  if (!line.startsWith('{')) continue;
  const { Action: action, Package: path, Test: name } = JSON.parse(line);
  if (name === undefined || (action !== 'pass' && action !== 'fail')) continue;
  tell(action === 'pass', `${path.replace('otelkit.dev/go/', '')} ${name}`, 'see go test ./...');
}
if (tests.status !== 0 && counts.failed === 0) tell(false, 'go test', tests.stdout + tests.stderr);
if (process.env.OTELKIT_FULL_MATRIX === '1') {
  await testLibraries(Object.keys(LIBRARIES), (outcome, title, text) => {
    if (outcome !== 'skip') return tell(outcome === 'ok', title, text);
    counts.skipped++;
    console.log(`skip ${title}: ${text}`);
  });
} else {
  counts.skipped++;
  console.log(
    'skip woven programs per library: they take minutes, OTELKIT_FULL_MATRIX=1 runs them',
  );
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
