// SPDX-License-Identifier: Apache-2.0

const FOLDERS = new Set(['packages', 'native', 'bpf', 'examples', 'docs', 'bench', '.ci']);
const FILES = new Set([
  '.gitattributes',
  '.gitignore',
  '.npmrc',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'NOTICE',
  'README.md',
  'SECURITY.md',
  'biome.json',
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'tsconfig.base.json',
  'tsconfig.json',
  'tsconfig.tests.json',
  'turbo.json',
]);

/** @type {import('../tidy.mjs').Rule} */
export const topLevel = {
  name: 'top-level',
  summary: 'the top level holds the known folders and files only',
  check(repository) {
    const findings = [];
    const reported = new Set();
    for (const path of repository.paths) {
      const [first = '', ...rest] = path.split('/');
      const known = rest.length > 0 ? FOLDERS.has(first) : FILES.has(first);
      if (known || reported.has(first)) continue;
      reported.add(first);
      const message = `does not belong at the top level (folders: ${[...FOLDERS].join(' ')})`;
      findings.push({ path: first, line: 0, message });
    }
    return findings;
  },
};
