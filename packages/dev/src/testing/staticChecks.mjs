// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { toolEnvironment } from '../bootstrap/environment.mjs';
import { localTool, ROOT } from '../bootstrap/paths.mjs';
import { step } from '../bootstrap/progress.mjs';
import { runQuietly } from '../bootstrap/runCommand.mjs';
import { StepError } from '../bootstrap/stepError.mjs';

/** The build checks the sources; these check what it does not compile. */
const PROJECTS = [
  { title: 'types of the tests', path: 'tsconfig.tests.json' },
  { title: 'types of packages/dev', path: join('packages', 'dev', 'tsconfig.json') },
];

/** @param {import('./tally.mjs').Tally} tally */
export async function addTypeChecks(tally) {
  for (const { title, path } of PROJECTS) {
    tally.check(title, await problemOf(title, [localTool('tsc'), '--project', path]));
  }
}

/** @param {import('./tally.mjs').Tally} tally */
export async function addBiomeCheck(tally) {
  const command = [localTool('biome'), 'check', '--error-on-warnings', '--colors=off', '.'];
  tally.check('Biome', await problemOf('Biome', command));
}

/**
 * @param {string} label
 * @param {string[]} command
 * @returns {Promise<string | undefined>} what it printed when it failed
 */
async function problemOf(label, [program = '', ...args]) {
  try {
    const options = { cwd: ROOT, env: toolEnvironment(process.env) };
    await step(label, (report) => runQuietly(program, args, { ...options, onLine: report }));
    return undefined;
  } catch (error) {
    if (error instanceof StepError) return `${error.message}\n${error.detail}`;
    throw error;
  }
}
