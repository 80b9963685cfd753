// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import { MAY_IMPORT } from '../layers.mjs';
import { findImports } from '../sourceText.mjs';

const SOURCE = /^packages\/[^/]+\/.*\.(tsx?|mjs|js|cjs)$/;

/** @type {import('../tidy.mjs').Rule} */
export const importDirection = {
  name: 'import-direction',
  summary: 'imports between packages go one way: tools → shared packages → core',
  check(repository) {
    const manifests = repository
      .manifests()
      .filter(({ folder }) => /^packages\/[^/]+$/.test(folder));
    const names = new Set(manifests.map(({ manifest }) => manifest.name));
    const findings = [];
    for (const { path, folder, manifest } of manifests) {
      const allowed = MAY_IMPORT[manifest.name];
      if (allowed === undefined) {
        const message = `${manifest.name} has no place in the order of packages: give it one in packages/dev/src/tidy/layers.mjs`;
        findings.push({ path, line: 0, message });
        continue;
      }
      for (const name of dependencyNames(manifest)) {
        if (!names.has(name) || allowed.includes(name)) continue;
        findings.push({
          path,
          line: 0,
          message: `depends on ${name}, which ${manifest.name} may not`,
        });
      }
      const files = repository.matching(SOURCE).filter((file) => file.startsWith(`${folder}/`));
      for (const file of files) {
        findings.push(...checkFile(repository, file, folder, manifest.name, names, allowed));
      }
    }
    return findings;
  },
};

/**
 * @param {import('../repository.mjs').Repository} repository
 * @param {string} file
 * @param {string} folder
 * @param {string} packageName
 * @param {Set<string>} names
 * @param {string[]} allowed
 */
function checkFile(repository, file, folder, packageName, names, allowed) {
  const findings = [];
  for (const { specifier, line } of findImports(repository.code(file))) {
    if (specifier.startsWith('.')) {
      const target = posix.join(posix.dirname(file), specifier);
      if (target.startsWith(`${folder}/`) || isTestOfCore(file, target)) continue;
      const message = `imports ${specifier}, a file outside its package: import the package by its name`;
      findings.push({ path: file, line, message });
      continue;
    }
    const imported = packageOf(specifier);
    if (!names.has(imported) || imported === packageName || allowed.includes(imported)) continue;
    const message = `${packageName} may not import ${imported} (allowed: ${allowed.join(', ') || 'none'})`;
    findings.push({ path: file, line, message });
  }
  return findings;
}

/**
 * Tests are not published, so they make no arrow; turbo's key of each suite holds core's sources.
 * @param {string} file
 * @param {string} target
 */
function isTestOfCore(file, target) {
  return /^packages\/[^/]+\/test\//.test(file) && target.startsWith('packages/core/src/');
}

/** @param {string} specifier */
function packageOf(specifier) {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

/** @param {any} manifest */
function dependencyNames(manifest) {
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  return kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}));
}
