// SPDX-License-Identifier: Apache-2.0
// The suites run on two Node versions: the running one and a second one from npm.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchNpmPackage } from './fetchNpmPackage.mjs';
import { TOOLCHAIN } from './paths.mjs';
import { NODES } from './pins.mjs';
import { describeFailure, StepError } from './stepError.mjs';

/** @returns {24 | 20} the major version of the second Node: 24, or 20 where 24 is running */
export function secondMajor() {
  return process.versions.node.startsWith('24.') ? 20 : 24;
}

/**
 * @returns {{ major: number, executable: string | undefined, reason: string }} where the second Node
 * is; without one, why
 */
export function secondNode() {
  const major = secondMajor();
  const name = NODES[major]?.[process.arch]?.name ?? 'node';
  const executable = join(TOOLCHAIN, `node${major}`, 'node_modules', name, 'bin', 'node');
  if (existsSync(executable)) return { major, executable, reason: '' };
  const reason = readReason(major) ?? 'not fetched yet: run `npm test` at the top of the checkout';
  return { major, executable: undefined, reason };
}

/** Fetches it. A failure is noted as the reason of a skipped leg, it does not end the run. */
export async function fetchSecondNode() {
  const major = secondMajor();
  const pin = NODES[major]?.[process.arch];
  const reasonFile = reasonPath(major);
  try {
    if (pin === undefined) throw new StepError(`npm has no Node ${major} for ${process.arch}`);
    await fetchNpmPackage(pin, `node${major}`, join('bin', 'node'));
    rmSync(reasonFile, { force: true });
  } catch (error) {
    mkdirSync(TOOLCHAIN, { recursive: true });
    writeFileSync(reasonFile, describeFailure(error));
  }
}

/** @param {number} major */
function reasonPath(major) {
  return join(TOOLCHAIN, `node${major}.unavailable`);
}

/** @param {number} major */
function readReason(major) {
  try {
    return readFileSync(reasonPath(major), 'utf8').split('\n')[0];
  } catch {
    return undefined;
  }
}
