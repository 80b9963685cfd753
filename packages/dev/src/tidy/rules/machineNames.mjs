// SPDX-License-Identifier: Apache-2.0
// What is true on one machine only must not be committed: absolute paths of a home or a checkout,
// and the hosts of registries (which registry is asked is the user's own configuration).

/**
 * Only where a path begins: `/proc/PID/root/…` and `${folder}/work/` are none. Homes of nobody in
 * particular may stand in examples, and so may a system below another root.
 */
const MACHINE_PATH =
  /(?<![\w.})\]$/~*-])\/(?:work|root(?!\/(?:etc|usr|lib|bin|proc|opt|var)\b)|home(?!\/(?:[a-z]|me|you|user|ann|alice|bob|app|node)\b))\/[\w.@-]/;

/** In pieces, so that this file passes its own rule. */
const REGISTRY_HOSTS = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['pypi', 'org', 'simple'],
  ['files', 'pythonhosted', 'org'],
  ['proxy', 'golang', 'org'],
  ['sum', 'golang', 'org'],
  ['index', 'crates', 'io'],
  ['static', 'crates', 'io'],
  ['deb', 'debian', 'org'],
  ['security', 'debian', 'org'],
  ['repo1', 'maven', 'org'],
  ['repo', 'maven', 'apache', 'org'],
].map((parts) => parts.join('.'));

/** @type {import('../tidy.mjs').Rule} */
export const machineNames = {
  name: 'machine-names',
  summary: 'no paths of one machine, no hosts of registries',
  check(repository) {
    const findings = [];
    for (const path of repository.paths) {
      if (path === 'pnpm-lock.yaml' || repository.bytes(path).includes(0)) continue;
      for (const [index, text] of repository.lines(path).entries()) {
        const machinePath = MACHINE_PATH.exec(text);
        if (machinePath !== null) {
          const message = `${machinePath[0]}… is a path of one machine; examples may use /home/me`;
          findings.push({ path, line: index + 1, message });
        }
        const host = REGISTRY_HOSTS.find((name) => text.includes(name));
        if (host === undefined) continue;
        const message = `${host}: which registry is asked is the user's configuration`;
        findings.push({ path, line: index + 1, message });
      }
    }
    return findings;
  },
};
