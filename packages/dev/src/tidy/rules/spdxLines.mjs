// SPDX-License-Identifier: Apache-2.0

const SOURCE = /\.(tsx?|mts|cts|mjs|cjs|js|zig|go|c|h|S|sh|rs|py)$/;

/** @type {import('../tidy.mjs').Rule} */
export const spdxLines = {
  name: 'spdx-lines',
  summary: 'each source file begins with its licence',
  check(repository) {
    const findings = [];
    for (const path of repository.paths) {
      const lines = repository.lines(path).slice(0, 2);
      const isScript = lines[0]?.startsWith('#!') === true;
      if (!SOURCE.test(path) && !isScript) continue;
      const licence = path.startsWith('bpf/') ? 'GPL-2.0-only' : 'Apache-2.0';
      const wanted = `SPDX-License-Identifier: ${licence}`;
      const line = isScript ? 2 : 1;
      const text = lines[line - 1]?.replace(/^(\/\/|#|\/\*)\s*/, '').replace(/\s*\*\/$/, '');
      if (text === wanted) continue;
      findings.push({ path, line, message: `this line has to be the comment \`${wanted}\`` });
    }
    return findings;
  },
};
