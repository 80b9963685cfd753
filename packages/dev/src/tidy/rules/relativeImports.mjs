// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import { findImports } from '../sourceText.mjs';

/** @type {import('../tidy.mjs').Rule} */
export const relativeImports = {
  name: 'relative-imports',
  summary: 'relative imports name the file that is there, with its extension',
  check(repository) {
    const present = new Set(repository.paths);
    const findings = [];
    for (const path of repository.matching(/^packages\/.*\.(tsx?|mjs|js|cjs)$/)) {
      for (const { specifier, line } of findImports(repository.code(path))) {
        if (!/^\.\.?(\/|$)/.test(specifier)) continue;
        const target = posix.join(posix.dirname(path), specifier);
        // What is built is not in the repository: bin/run.js imports ../dist/….
        if (present.has(target) || /\/dist\//.test(target)) continue;
        const asSource = target.replace(/(\.js)?$/, '.ts');
        const hint = present.has(asSource) ? `: write ${specifier.replace(/(\.js)?$/, '.ts')}` : '';
        findings.push({ path, line, message: `imports ${specifier}, which is no file${hint}` });
      }
    }
    return findings;
  },
};
