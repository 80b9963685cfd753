// SPDX-License-Identifier: Apache-2.0
import { Repository } from './repository.mjs';
import { binaryFiles } from './rules/binaryFiles.mjs';
import { circularImports } from './rules/circularImports.mjs';
import { corePurity } from './rules/corePurity.mjs';
import { defaultExports } from './rules/defaultExports.mjs';
import { dependencyReasons } from './rules/dependencyReasons.mjs';
import { fileLengths } from './rules/fileLengths.mjs';
import { fileNames } from './rules/fileNames.mjs';
import { importDirection } from './rules/importDirection.mjs';
import { machineNames } from './rules/machineNames.mjs';
import { relativeImports } from './rules/relativeImports.mjs';
import { spdxLines } from './rules/spdxLines.mjs';
import { topLevel } from './rules/topLevel.mjs';

/**
 * What a rule found; `line` is 0 where it concerns the file as a whole.
 * @typedef {{ path: string, line: number, message: string }} Finding
 * @typedef {{ name: string, summary: string, check: (repository: Repository) => Finding[] }} Rule
 */

/** @type {Rule[]} */
export const RULES = [
  importDirection,
  circularImports,
  relativeImports,
  corePurity,
  defaultExports,
  spdxLines,
  fileLengths,
  fileNames,
  topLevel,
  machineNames,
  dependencyReasons,
  binaryFiles,
];

/**
 * @param {string} root
 * @param {Rule[]} [rules]
 * @returns {{ rule: Rule, findings: Finding[] }[]} every rule, those that found nothing too
 */
export function runTidy(root, rules = RULES) {
  const repository = new Repository(root);
  return rules.map((rule) => {
    const found = rule.check(repository);
    const findings = found.filter((finding) => !isAllowed(repository, rule.name, finding));
    return { rule, findings };
  });
}

/**
 * @param {Finding} finding
 * @returns {string} `file:line: what`
 */
export function formatFinding({ path, line, message }) {
  return line === 0 ? `${path}: ${message}` : `${path}:${line}: ${message}`;
}

/**
 * @param {import('../testing/tally.mjs').Tally} tally
 * @param {string} root
 */
export function addTidyChecks(tally, root) {
  for (const { rule, findings } of runTidy(root)) {
    const problem = findings.map(formatFinding).join('\n');
    tally.check(`tidy: ${rule.summary}`, findings.length === 0 ? undefined : problem);
  }
}

/**
 * @param {Repository} repository
 * @param {string} ruleName
 * @param {Finding} finding
 */
function isAllowed(repository, ruleName, { path, line }) {
  if (line === 0) return false;
  const lines = repository.lines(path);
  const marker = `tidy-allow(${ruleName}): `;
  return [lines[line - 1], lines[line - 2]].some((text) => {
    const at = text?.indexOf(marker) ?? -1;
    return at !== -1 && text?.slice(at + marker.length).trim() !== '';
  });
}
