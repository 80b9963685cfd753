// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where bin/nativeSuites.mjs leaves its results, relative to the root. */
export const NATIVE_RESULTS = join('test-results', 'native.json');

const SUMMARY = /^(\d+) passed, (\d+) failed, (\d+) skipped$/;
const KEPT_LINES = 40;

/**
 * @typedef {object} NativeResults
 * @property {number} passed
 * @property {{ title: string, detail: string }[]} failed
 * @property {{ title: string, reason: string }[]} skipped
 */

/**
 * @param {string} output everything a suite printed
 * @param {number} exitCode
 * @returns {NativeResults}
 */
export function readNativeOutput(output, exitCode) {
  const lines = output.trimEnd().split('\n');
  const tail = lines.slice(-KEPT_LINES).join('\n');
  const summary = SUMMARY.exec(lines.at(-1)?.trim() ?? '');
  if (summary === null) {
    const detail = `exit code ${exitCode}, and no closing line of counts\n${tail}`;
    return { passed: 0, failed: [{ title: 'suite', detail }], skipped: [] };
  }
  const failed = explained(lines, 'fail', Number(summary[2]), tail);
  const skipped = explained(lines, 'skip', Number(summary[3]), 'no reason was printed');
  if (exitCode !== 0 && failed.length === 0) {
    failed.push({ title: 'suite', text: `exit code ${exitCode} without a failed check\n${tail}` });
  }
  return {
    passed: Number(summary[1]),
    failed: failed.map(({ title, text }) => ({ title, detail: text })),
    skipped: skipped.map(({ title, text }) => ({ title, reason: text })),
  };
}

/**
 * As many entries as the summary counts; explained by the `kind title: text` lines where there are
 * any, by `fallback` otherwise.
 * @param {string[]} lines
 * @param {string} kind
 * @param {number} count
 * @param {string} fallback
 */
function explained(lines, kind, count, fallback) {
  const entries = [];
  const pattern = new RegExp(`^\\s*${kind}:? (?<title>[^:]+)(?:: (?<text>.*))?$`, 'i');
  for (const line of lines) {
    const { title, text } = pattern.exec(line)?.groups ?? {};
    if (title === undefined || entries.length === count) continue;
    entries.push({ title, text: text ?? fallback });
  }
  while (entries.length < count) {
    entries.push({ title: `${kind} ${entries.length + 1}`, text: fallback });
  }
  return entries;
}

/**
 * @param {import('./tally.mjs').Tally} tally
 * @param {string} root
 */
export function addNativeResults(tally, root) {
  const path = join(root, NATIVE_RESULTS);
  const names = nativeSuiteNames(root);
  /** @type {(NativeResults & { name: string })[]} */
  const suites = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).suites : [];
  for (const suite of suites) tally.add(suite.name, suite);
  for (const name of names) {
    if (suites.some((suite) => suite.name === name)) continue;
    tally.check(name, 'no results: the suite did not run, see the output above');
  }
}

/**
 * @param {string} root
 * @returns {string[]} `native/injector`, …: the parts with a test/run.mjs
 */
export function nativeSuiteNames(root) {
  const parent = join(root, 'native');
  const names = existsSync(parent) ? readdirSync(parent).sort() : [];
  const withSuite = names.filter((name) => existsSync(join(parent, name, 'test', 'run.mjs')));
  return withSuite.map((name) => `native/${name}`);
}
