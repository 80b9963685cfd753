// SPDX-License-Identifier: Apache-2.0
import { DEFAULT_EXPORTS } from '../allowances.mjs';
import { lineOf } from '../sourceText.mjs';

const DEFAULT = /^[ \t]*export\s+default\b|^[ \t]*export\s*\{[^}]*\bas\s+default\b[^}]*\}/gm;

/** @type {import('../tidy.mjs').Rule} */
export const defaultExports = {
  name: 'default-exports',
  summary: 'exports have names',
  check(repository) {
    const findings = [];
    // Declaration files describe modules that are not ours.
    for (const path of repository.matching(/\.(tsx?|mjs|js)$/)) {
      if (path.endsWith('.d.ts') || DEFAULT_EXPORTS[path] !== undefined) continue;
      const code = repository.code(path);
      for (const match of code.matchAll(DEFAULT)) {
        const message = 'default export: give it a name, so that it is found by that everywhere';
        findings.push({ path, line: lineOf(code, match.index), message });
      }
    }
    return findings;
  },
};
