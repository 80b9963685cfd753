// SPDX-License-Identifier: Apache-2.0
/** @typedef {{ rule: string, path: string, line: number, message: string }} Finding */

/**
 * @param {string} _root
 * @returns {Finding[]}
 */
export function runTidy(_root) {
  return [];
}

/** @param {Finding[]} findings */
export function printFindings(findings) {
  for (const { path, line, message, rule } of findings) {
    console.error(`${path}:${line}: ${message} [${rule}]`);
  }
}

/**
 * @param {import('../testing/tally.mjs').Tally} tally
 * @param {string} root
 */
export function addTidyChecks(tally, root) {
  tally.check('tidy', runTidy(root).length === 0 ? undefined : 'findings');
}
