// SPDX-License-Identifier: Apache-2.0
import { lineOf } from '../sourceText.mjs';

const FORBIDDEN =
  /\bconsole\.\w+|\bprocess\.(?:exit|exitCode|env|argv|stdout|stderr|stdin|abort)\b|\bprocess\[/g;

/** @type {import('../tidy.mjs').Rule} */
export const corePurity = {
  name: 'core-purity',
  summary: 'packages/core neither prints, exits nor reads the environment',
  check(repository) {
    const findings = [];
    for (const path of repository.matching(/^packages\/core\/src\/.*\.ts$/)) {
      const code = repository.code(path);
      for (const match of code.matchAll(FORBIDDEN)) {
        const message = `${match[0]}: core returns data and diagnostics, the tools do the rest`;
        findings.push({ path, line: lineOf(code, match.index), message });
      }
    }
    return findings;
  },
};
