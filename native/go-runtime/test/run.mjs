#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Everything about the runtime module: gofmt, go vet, its tests, the aspects' join points, one library
// woven; with OTELKIT_FULL_MATRIX=1 woven programs per library, and libraries of other years, too.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWeaver, LIBRARIES, testLibraries, testLibrary } from './libraries.mjs';
import { findMatches, MATCHES, PROGRAM } from './matches.mjs';
import { rehearse } from './rehearse.mjs';
import { testVersions } from './versions.mjs';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const env = { ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off' };
const PROGRAMS = join(folder, 'test/programs');
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

function tellOutcome(outcome, title, text) {
  if (outcome !== 'skip') return tell(outcome === 'ok', title, text);
  counts.skipped++;
  console.log(`skip ${title}: ${text}`);
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
/** Why the modules of a program cannot be had, where that is the network's fault. */
function unreachable(cwd, program) {
  const listed = spawnSync('go', ['list', '-deps', program], { cwd, env, encoding: 'utf8' });
  const isNetwork = /dial tcp|no such host|i\/o timeout|TLS handshake|module lookup disabled/;
  return listed.status !== 0 && isNetwork.test(listed.stderr) ? listed.stderr.trim() : undefined;
}

async function testWeaving(work) {
  const weaver = buildWeaver(work);
  const found = findMatches(weaver, work);
  const other = Object.keys(MATCHES).filter((aspect) => MATCHES[aspect] !== found[aspect]);
  const text = other.map((aspect) => `${aspect}: ${found[aspect] ?? 0} places`).join(', ');
  tell(other.length === 0, 'every aspect finds its join points', text);
  const binary = join(work, 'program');
  const options = { programs: PROGRAMS, runtime: folder, weaver, work, binary };
  rehearse('gocql', ['github.com/gocql/gocql'], options);
  await testLibrary('gocql', { tell: tellOutcome, binary });
}

const reason = unreachable(PROGRAM, '.') ?? unreachable(PROGRAMS, './gocql');
if (reason) tellOutcome('skip', 'join points, and a library woven', reason);
else {
  const work = mkdtempSync(join(tmpdir(), 'otelkit-go-runtime-'));
  try {
    await testWeaving(work);
  } catch (error) {
    tell(false, 'the weaver finds join points and weaves a library', error.message);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
if (process.env.OTELKIT_FULL_MATRIX === '1') {
  await testLibraries(Object.keys(LIBRARIES), tellOutcome);
  testVersions(tellOutcome);
} else {
  counts.skipped++;
  console.log(
    'skip woven programs per library: they take minutes, OTELKIT_FULL_MATRIX=1 runs them',
  );
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
