// SPDX-License-Identifier: Apache-2.0
// Suites for one leg. Their subject is not this process, or not the Node that it runs on: what other
// readers, compilers and loaders say of the same files, tools as programs with other programs around
// them, shells, a browser, services of other languages, an installer that is killed at each system
// call. They take most of the time. The units of each package, what leans on Node's own modules and
// whole runs of each tool are for both legs.

/**
 * Files of a package, relative to it: those that call its sources are for the first leg, whose
 * coverage is told, those that start programs for the second.
 * @typedef {{ first?: readonly string[], second?: readonly string[] }} OnceFiles
 */

/** @type {Readonly<Record<string, OnceFiles>>} package → its files */
export const ONCE_FILES = {
  '@otelkit/cli-kit': { second: ['test/generate/completion.test.ts', 'test/run/demo.test.ts'] },
  '@otelkit/collector': { second: ['test/store/durability.test.ts'] },
  '@otelkit/core': {
    first: [
      'test/bulk/bulkAgreement.test.ts',
      'test/capability/questions.test.ts',
      'test/capability/races.test.ts',
      'test/capability/runtimes.test.ts',
      'test/corefile/readCore.test.ts',
      'test/deps/compiledTrees.test.ts',
      'test/go/buildInfo.test.ts',
      'test/go/pclntab.test.ts',
      'test/inspect/readelfAgreement.test.ts',
      'test/symbols/symbolFacts.test.ts',
    ],
    second: ['test/deps/loaderAgreement.test.ts', 'test/inspect/hostileTables.test.ts'],
  },
  '@otelkit/dev': { second: ['test/distribution/*.test.ts'] },
  '@otelkit/otlp': { first: ['test/profiles/profileBatch.test.ts'] },
  '@otelkit/profiles': { first: ['test/read/formats.test.ts', 'test/write/pprof.test.ts'] },
  '@otelkit/symbols': {
    first: [
      'test/dwarf/agreement.test.ts',
      'test/native/agreement.test.ts',
      'test/native/sources.test.ts',
    ],
  },
  '@otelkit/unwind': {
    first: ['test/model/go.test.ts', 'test/model/native.test.ts', 'test/tables/readelf.test.ts'],
  },
  '@otelkit/viewer': { second: ['test/page/*.test.ts'] },
  'otel-elf': {
    first: ['test/contract/exitCodes.test.ts', 'test/contract/schema.test.ts'],
    second: [
      'test/contract/streams.test.ts',
      'test/contract/terminal.test.ts',
      'test/documentation/examples.test.ts',
      'test/package/packed.test.ts',
    ],
  },
  'otel-go': {
    first: ['test/analyze/analyzeGo.test.ts'],
    second: [
      'test/endToEnd/collector.test.ts',
      'test/endToEnd/matrix.test.ts',
      'test/endToEnd/profiled.test.ts',
      'test/endToEnd/woven.test.ts',
    ],
  },
  'otel-inject': {
    first: ['test/install/install.test.ts', 'test/uninstall/scenarios.test.ts'],
    second: [
      'test/contract/schema.test.ts',
      'test/endToEnd/agents.test.ts',
      'test/explain/differential.test.ts',
      'test/explain/real.test.ts',
      'test/install/live.test.ts',
      'test/plan/crash.test.ts',
      'test/plan/recovery.test.ts',
      'test/probe/probe.test.ts',
      'test/status/status.test.ts',
    ],
  },
  'otel-profile': {
    first: [
      'test/commands/storeCommands.test.ts',
      'test/contract/schema.test.ts',
      'test/endToEnd/collector.test.ts',
      'test/endToEnd/flags.test.ts',
      'test/endToEnd/names.test.ts',
      'test/load/load.test.ts',
    ],
    second: [
      'test/endToEnd/containers.test.ts',
      'test/endToEnd/generatedCode.test.ts',
      'test/endToEnd/killSafety.test.ts',
      'test/endToEnd/outage.test.ts',
      'test/endToEnd/perf.test.ts',
      'test/endToEnd/publishedContext.test.ts',
      'test/endToEnd/sameInode.test.ts',
      'test/endToEnd/threadContext.test.ts',
    ],
  },
};

/**
 * @param {string} packageName
 * @param {{ part: 'first' | 'second' | 'whole' }} leg
 * @returns {string[]} arguments for mocha
 */
export function legArguments(packageName, leg) {
  const { first = [], second = [] } = ONCE_FILES[packageName] ?? {};
  const others = { first: second, second: first, whole: [] }[leg.part];
  return others.flatMap((file) => ['--ignore', file]);
}
