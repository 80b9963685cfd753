// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { toolEnvironment } from './environment.mjs';
import { localTool, ROOT } from './paths.mjs';
import { step } from './progress.mjs';
import { runByLines, runQuietly } from './runCommand.mjs';

/** One failing package does not stop those that do not need it. */
const CONTINUE = '--continue=dependencies-successful';
const COMMON = ['--output-logs=new-only', '--ui=stream', '--log-prefix=none'];

const cores = Math.max(2, Math.min(8, availableParallelism()));
/** Two compilers keep two cores busy. */
const buildConcurrency = `--concurrency=${cores}`;
/** One suite more than cores: some wait for programs under emulation, for minutes. */
const testConcurrency = `--concurrency=${cores + 1}`;

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
      [...args, ...COMMON, buildConcurrency, '--log-order=grouped', CONTINUE],
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
 * Runs a task of every package, the rest of them too when one fails, and shows what the tasks print.
 * @param {string[]} tasks
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<number>} turbo's exit code
 */
export function turboTest(tasks, environment) {
  const args = ['run', ...tasks, '--output-logs=new-only', '--ui=stream', '--log-prefix=task'];
  return runByLines(
    localTool('turbo'),
    [...args, testConcurrency, '--log-order=stream', CONTINUE],
    {
      cwd: ROOT,
      env: { ...toolEnvironment(process.env), ...environment },
      onLine: (line) => {
        const shown = shownLine(line);
        if (shown !== undefined) console.log(shown);
      },
    },
  );
}

/** What package managers say before each script: `> @otelkit/core@0.1.0 test /path`, `> node …`. */
const SCRIPT_HEADER = /^> (node |\S+@\d+\.\d+\.\d+ )/;

/**
 * turbo's and pnpm's own words are left out, but for what came from the cache.
 * @param {string} line
 * @returns {string | undefined}
 */
export function shownLine(line) {
  const match = /^(?<task>\S+):(?<kind>build|test)(?<native>:native)?: ?(?<text>.*)$/.exec(line);
  if (match?.groups === undefined) return undefined;
  const { task = '', kind, native = '', text = '' } = match.groups;
  if (text.startsWith('cache hit')) {
    const name = task === '//' ? `native${native === '' ? '' : ' parts'}` : task;
    return kind === 'test' ? `${name}  ✔ unchanged, results of the last run` : undefined;
  }
  if (text.startsWith('cache miss') || SCRIPT_HEADER.test(text) || text.trim() === '') {
    return undefined;
  }
  return text;
}
