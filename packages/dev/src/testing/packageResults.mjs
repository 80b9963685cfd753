// SPDX-License-Identifier: Apache-2.0
// What the packages' suites left in test-results/. turbo restores these files for packages that did
// not change, so that a cached package counts like one that ran.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} TestedPackage
 * @property {string} name
 * @property {string} folder relative to the root
 */

/**
 * @param {string} root
 * @returns {TestedPackage[]} packages with a `test` script and a test folder
 */
export function testedPackages(root) {
  const packages = [];
  for (const parent of ['packages', 'native']) {
    const parentPath = join(root, parent);
    if (!existsSync(parentPath)) continue;
    for (const entry of readdirSync(parentPath).sort()) {
      const folder = join(parent, entry);
      const manifestPath = join(root, folder, 'package.json');
      if (!existsSync(manifestPath) || !existsSync(join(root, folder, 'test'))) continue;
      const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
      if (manifest.scripts?.test !== undefined) packages.push({ name: manifest.name, folder });
    }
  }
  return packages;
}

/**
 * Before a run, so that results of an earlier one are never counted.
 * @param {string} root
 * @param {TestedPackage[]} packages
 */
export function removeResults(root, packages) {
  for (const { folder } of packages) {
    rmSync(join(root, folder, 'test-results'), { recursive: true, force: true });
  }
}

/**
 * Adds the results of one package; a leg without results, or with an end before its last test, is
 * a failure: a crash must never look like fewer tests.
 * @param {import('./tally.mjs').Tally} tally
 * @param {string} root
 * @param {TestedPackage} tested
 * @param {string[]} legNames
 */
export function addPackageResults(tally, root, tested, legNames) {
  for (const leg of legNames) {
    const source = `${tested.name} ${leg}`;
    const results = readJson(join(root, tested.folder, 'test-results', `${leg}.json`));
    if (results === undefined) {
      tally.check(source, 'no results: the suites did not run or crashed, see the output above');
      continue;
    }
    tally.add(source, results);
    if (results.finished !== true) {
      tally.check(source, 'mocha ended before its last test, see the output above');
    } else if (results.passed + results.failed.length + results.skipped.length === 0) {
      tally.check(source, `no test was found in ${tested.folder}/test`);
    }
  }
}

/**
 * @param {string} root
 * @param {TestedPackage[]} packages
 * @returns {string[]} one line a package
 */
export function coverageLines(root, packages) {
  const lines = [];
  for (const { name, folder } of packages) {
    const total = readJson(join(root, folder, 'test-results', 'coverage.json'));
    if (total === undefined) continue;
    const parts = ['lines', 'functions', 'branches'].map((kind) => `${kind} ${total[kind].pct} %`);
    lines.push(`  ${name.padEnd(18)} ${parts.join('   ')}`);
  }
  return lines;
}

/** @param {string} path */
function readJson(path) {
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8'));
}
