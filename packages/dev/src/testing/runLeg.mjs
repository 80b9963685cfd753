// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runVisibly } from '../bootstrap/runCommand.mjs';
import { legArguments } from './onceFiles.mjs';

const REPORTER = fileURLToPath(new URL('mochaReporter.cjs', import.meta.url));
const COVERAGE_OF_ONE = fileURLToPath(new URL('coverageOfOne.mjs', import.meta.url));
const PROPERTY_SEED = fileURLToPath(new URL('propertySeed.mjs', import.meta.url));

/** Far beyond what the slowest package needs; without it one hanging test holds up everything. */
const LEG_LIMIT_MS = 20 * 60_000;

/**
 * What one leg of one package's suites gave, as the reporter writes it.
 * @typedef {object} LegResults
 * @property {string} leg
 * @property {string} node
 * @property {boolean} finished false when mocha ended before its last test
 * @property {number} durationMs
 * @property {number} passed
 * @property {{ title: string, detail: string }[]} failed
 * @property {{ title: string, reason: string }[]} skipped
 */

/**
 * Runs mocha in the package at `cwd` and leaves `test-results/<leg>.json` there.
 * @param {import('./legs.mjs').Leg} leg
 * @param {{ cwd: string, packageName: string, mochaArgs: string[] }} options
 * @returns {Promise<number>} exit code
 */
export async function runLeg(leg, { cwd, packageName, mochaArgs }) {
  const results = join(cwd, 'test-results', `${leg.name}.json`);
  const require = createRequire(import.meta.url);
  const mocha = join(dirname(require.resolve('mocha/package.json')), 'bin', 'mocha.js');
  const args = [mocha, '--forbid-only', '--reporter', REPORTER];
  args.push('--require', COVERAGE_OF_ONE, '--require', PROPERTY_SEED);
  args.push(...legArguments(packageName, leg), ...mochaArgs);
  const env = {
    ...process.env,
    // Programs that tests start as plain `node` run on the leg's Node too.
    PATH: `${dirname(leg.node)}:${process.env['PATH'] ?? ''}`,
    OTELKIT_RESULTS: results,
    OTELKIT_LEG: leg.name,
    OTELKIT_PACKAGE: packageName,
  };
  if (!leg.coverage) return runVisibly(leg.node, args, { cwd, env, limitMs: LEG_LIMIT_MS });
  return withCoverage(cwd, (coverageFolder, c8Args) =>
    runVisibly(leg.node, [require.resolve('c8/bin/c8.js'), ...c8Args, leg.node, ...args], {
      cwd,
      env: { ...env, NODE_V8_COVERAGE: coverageFolder },
      limitMs: LEG_LIMIT_MS,
    }),
  );
}

/**
 * c8's raw data goes to a temporary folder, its summary to test-results/coverage.json.
 * @param {string} cwd
 * @param {(folder: string, c8Args: string[]) => Promise<number>} run
 */
async function withCoverage(cwd, run) {
  const folder = mkdtempSync(join(tmpdir(), 'otelkit-coverage-'));
  const reports = join(folder, 'reports');
  try {
    const args = [`--temp-directory=${join(folder, 'raw')}`, `--reports-dir=${reports}`];
    args.push(
      '--reporter=json-summary',
      '--include=src/**',
      '--exclude=test/**',
      '--all',
      '--src=src',
    );
    const exitCode = await run(join(folder, 'raw'), args);
    const total = JSON.parse(readFileSync(join(reports, 'coverage-summary.json'), 'utf8')).total;
    writeFileSync(join(cwd, 'test-results', 'coverage.json'), JSON.stringify(total));
    return exitCode;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
