// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { toolEnvironment } from './environment.mjs';
import { localTool, ROOT } from './paths.mjs';
import { step } from './progress.mjs';
import { runQuietly, runVisibly } from './runCommand.mjs';

/** One failing package does not stop those that do not need it. */
const CONTINUE = '--continue=dependencies-successful';
const COMMON = ['--output-logs=new-only', '--ui=stream', '--log-prefix=none'];

/** Two compilers keep two cores busy; suites start compilers of their own, so not more than cores. */
const concurrency = `--concurrency=${Math.max(2, Math.min(8, availableParallelism()))}`;

/**
 * Builds quietly: the compilers' messages are shown only when something fails.
 * @param {string[]} tasks
 * @param {string[]} [filters] package names, all packages without
 */
export async function turboBuild(tasks, filters = []) {
  const label = filters.length === 0 ? 'building' : `building ${filters.join(', ')}`;
  const args = ['run', ...tasks, ...filters.map((name) => `--filter=${name}`)];
  await step(label, (report) =>
    runQuietly(
      localTool('turbo'),
      [...args, ...COMMON, concurrency, '--log-order=grouped', CONTINUE],
      {
        cwd: ROOT,
        env: toolEnvironment(process.env),
        what: 'the build',
        hint: 'the messages above name the file and line',
        onLine: report,
      },
    ),
  );
}

/**
 * Runs a task of every package on this terminal, the rest of them too when one fails.
 * @param {string[]} tasks
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<number>} turbo's exit code
 */
export function turboTest(tasks, environment) {
  const args = ['run', ...tasks, ...COMMON, concurrency, '--log-order=stream', CONTINUE];
  return runVisibly(localTool('turbo'), args, {
    cwd: ROOT,
    env: { ...toolEnvironment(process.env), ...environment },
  });
}
