// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../bootstrap/lock.mjs';
import { BUILD_LOCK, ROOT, TEST_LOCK } from '../bootstrap/paths.mjs';
import { prepareRust } from '../bootstrap/rust.mjs';
import { fetchSecondNode } from '../bootstrap/secondNode.mjs';
import { describeFailure } from '../bootstrap/stepError.mjs';
import { ensureToolchain } from '../bootstrap/toolchain.mjs';
import { turboBuild, turboTest } from '../bootstrap/turbo.mjs';
import { hostFingerprint } from '../testing/hostFingerprint.mjs';
import { testLegs } from '../testing/legs.mjs';
import { addNativeResults, NATIVE_RESULTS, nativeSuiteNames } from '../testing/nativeSuites.mjs';
import {
  addPackageResults,
  coverageLines,
  removeResults,
  testedPackages,
} from '../testing/packageResults.mjs';
import { addBiomeCheck, addTypeChecks } from '../testing/staticChecks.mjs';
import { Tally } from '../testing/tally.mjs';
import { addTidyChecks } from '../tidy/tidy.mjs';

/**
 * `npm test`: everything, on two Node versions; the last line is `N passed, N failed, N skipped`,
 * also when the build or the fetching of tools is what failed.
 * @param {string[]} _args
 */
export async function test(_args) {
  const tally = new Tally();
  try {
    await runEverything(tally);
  } catch (error) {
    tally.check('the run itself', describeFailure(error));
  }
  console.log(tally.report());
  return tally.succeeded ? 0 : 1;
}

/** @param {Tally} tally */
async function runEverything(tally) {
  await withLock(BUILD_LOCK, async () => {
    await ensureToolchain('test', { zig: true });
    const rustRemark = await prepareRust();
    if (rustRemark !== undefined) console.error(rustRemark);
    await fetchSecondNode();
    await addBiomeCheck(tally);
    addTidyChecks(tally, ROOT);
    await addBuild(tally);
  });
  await withLock(TEST_LOCK, async () => {
    await addTypeChecks(tally);
    await addSuites(tally);
  });
}

/**
 * A package that does not build must not hide what the suites of the others say.
 * @param {Tally} tally
 */
async function addBuild(tally) {
  try {
    await turboBuild(['build', 'build:native']);
    tally.check('build');
  } catch (error) {
    tally.check('build', describeFailure(error));
  }
}

/** @param {Tally} tally */
async function addSuites(tally) {
  const { legs, skipped } = testLegs();
  tally.skips.push(...skipped);
  const packages = testedPackages(ROOT);
  removeResults(ROOT, packages);
  rmSync(join(ROOT, NATIVE_RESULTS), { force: true });
  const failuresBefore = tally.failures.length;
  const environment = { OTELKIT_TEST_HOST: hostFingerprint(legs) };
  const tasks = nativeSuiteNames(ROOT).length > 0 ? ['test', 'test:native'] : ['test'];
  const exitCode = await turboTest(tasks, environment);
  const legNames = legs.map((leg) => leg.name);
  for (const tested of packages) addPackageResults(tally, ROOT, tested, legNames);
  addNativeResults(tally, ROOT);
  if (exitCode !== 0 && tally.failures.length === failuresBefore) {
    tally.check('suites', `turbo ended with exit code ${exitCode}, see the output above`);
  }
  const lines = coverageLines(ROOT, packages);
  if (lines.length > 0) console.log(['', `Coverage on ${legNames[0]}:`, ...lines].join('\n'));
}
