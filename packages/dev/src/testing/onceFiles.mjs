// SPDX-License-Identifier: Apache-2.0
// Suites whose subject is not this process: shells, a browser, services of other languages, an
// installer that is killed at each system call, the agent as a program for a while. On which Node the
// suites themselves run is nothing to them, and they take minutes: they run on one leg, the other
// one has all the rest. Each package keeps whole runs of its tool for both.

/** @type {Readonly<Record<string, readonly string[]>>} package → files, relative to it */
export const ONCE_FILES = {
  '@otelkit/cli-kit': ['test/generate/completion.test.ts'],
  '@otelkit/viewer': ['test/page/*.test.ts'],
  'otel-inject': [
    'test/endToEnd/agents.test.ts',
    'test/explain/differential.test.ts',
    'test/explain/real.test.ts',
    'test/install/live.test.ts',
    'test/plan/crash.test.ts',
  ],
  'otel-profile': [
    'test/endToEnd/containers.test.ts',
    'test/endToEnd/generatedCode.test.ts',
    'test/endToEnd/killSafety.test.ts',
    'test/endToEnd/outage.test.ts',
    'test/endToEnd/perf.test.ts',
    'test/endToEnd/publishedContext.test.ts',
    'test/endToEnd/sameInode.test.ts',
  ],
};

/**
 * @param {string} packageName
 * @param {{ runsOnce: boolean }} leg
 * @returns {string[]} arguments for mocha
 */
export function legArguments(packageName, leg) {
  if (leg.runsOnce) return [];
  return (ONCE_FILES[packageName] ?? []).flatMap((file) => ['--ignore', file]);
}
