// SPDX-License-Identifier: Apache-2.0

const VAGUE = /^(utils?|helpers?|misc|common)$/i;

/** @type {import('../tidy.mjs').Rule} */
export const fileNames = {
  name: 'file-names',
  summary: 'no file or folder is called utils, helpers, misc or common',
  check(repository) {
    const findings = [];
    for (const path of repository.paths) {
      const vague = path.split('/').find((part) => VAGUE.test(part.replace(/\..*$/, '')));
      if (vague === undefined) continue;
      const message = `“${vague}” says nothing about what is inside: name the concern`;
      findings.push({ path, line: 0, message });
    }
    return findings;
  },
};
