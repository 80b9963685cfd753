#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The `test` script of each package: its suites on every leg (Node 20, Node 24), one after the
// other. Arguments go to mocha: `npm test -w otel-elf -- --grep libc`, `--leg=node24` selects a leg.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testLegs } from '../src/testing/legs.mjs';
import { runLeg } from '../src/testing/runLeg.mjs';

const cwd = process.cwd();
const packageName = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')).name;
const resultsFolder = join(cwd, 'test-results');
const wanted = process.argv.find((argument) => argument.startsWith('--leg='))?.slice(6);
const mochaArgs = process.argv.slice(2).filter((argument) => !argument.startsWith('--leg='));

rmSync(resultsFolder, { recursive: true, force: true });
mkdirSync(resultsFolder);
const { legs } = testLegs();
const chosen = legs.filter((leg) => wanted === undefined || leg.name === wanted);
if (existsSync(join(cwd, 'test'))) {
  for (const leg of chosen) {
    const exitCode = await runLeg(leg, { cwd, packageName, mochaArgs });
    if (exitCode !== 0) process.exitCode = 1;
  }
} else {
  writeFileSync(join(resultsFolder, 'none.json'), JSON.stringify({ leg: 'none', finished: true }));
}
