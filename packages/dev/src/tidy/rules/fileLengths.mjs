// SPDX-License-Identifier: Apache-2.0
import { LONG_FILES } from '../allowances.mjs';

const SOURCE = /\.(tsx?|mts|cts|mjs|cjs|js|zig|go|c|h|S|sh|rs|py)$/;
const SOURCE_LINES = 300;
const TEST_LINES = 400;

/** @type {import('../tidy.mjs').Rule} */
export const fileLengths = {
  name: 'file-lengths',
  summary: `source files have at most ${SOURCE_LINES} lines, tests ${TEST_LINES}`,
  check(repository) {
    const findings = [];
    for (const path of repository.matching(SOURCE)) {
      const isTest = /(^|\/)test\//.test(path);
      const limit = LONG_FILES[path]?.lines ?? (isTest ? TEST_LINES : SOURCE_LINES);
      const lines = repository.text(path).trimEnd().split('\n').length;
      if (lines <= limit) continue;
      const message = `${lines} lines, the limit is ${limit}: split it by what changes together`;
      findings.push({ path, line: limit, message });
    }
    for (const path of Object.keys(LONG_FILES)) {
      if (repository.paths.length === 0 || repository.paths.includes(path)) continue;
      if (!repository.paths.includes('packages/dev/src/tidy/allowances.mjs')) continue;
      findings.push({ path, line: 0, message: 'allowed to be long, but no longer there' });
    }
    return findings;
  },
};
