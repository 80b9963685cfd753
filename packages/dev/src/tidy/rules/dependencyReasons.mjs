// SPDX-License-Identifier: Apache-2.0

const PAGE = 'docs/dependencies.md';
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** @type {import('../tidy.mjs').Rule} */
export const dependencyReasons = {
  name: 'dependency-reasons',
  summary: `each dependency has its reason in ${PAGE}, at an exact version`,
  check(repository) {
    const page = repository.paths.includes(PAGE) ? repository.text(PAGE) : '';
    const findings = [];
    for (const { path, manifest } of repository.manifests()) {
      const dependencies = KINDS.flatMap((kind) => Object.entries(manifest[kind] ?? {}));
      for (const [name, version] of dependencies) {
        if (String(version).startsWith('workspace:')) continue;
        const line = repository.lines(path).findIndex((text) => text.includes(`"${name}"`)) + 1;
        if (!page.includes(`\`${name}\``)) {
          findings.push({ path, line, message: `${name} is not named in ${PAGE} with its reason` });
        }
        if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version))) {
          const message = `${name}: ${version} is a range, name one exact version`;
          findings.push({ path, line, message });
        }
      }
    }
    return findings;
  },
};
