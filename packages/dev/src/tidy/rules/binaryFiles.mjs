// SPDX-License-Identifier: Apache-2.0

const LOOKED_AT_BYTES = 1024 * 1024;
/** Pictures of the page, made by packages/viewer/bin/screenshots.mjs. */
const PICTURE = /^docs\/images\/[\w-]+\.png$/;
const PICTURE_BYTES = 300_000;

/** @type {import('../tidy.mjs').Rule} */
export const binaryFiles = {
  name: 'binary-files',
  summary: 'no binary file is committed: fixtures are compiled by the tests',
  check(repository) {
    const findings = [];
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for (const path of repository.paths) {
      if (PICTURE.test(path) && repository.bytes(path).length <= PICTURE_BYTES) continue;
      const bytes = repository.bytes(path).subarray(0, LOOKED_AT_BYTES);
      const isWhole = bytes.length < LOOKED_AT_BYTES;
      if (!bytes.includes(0) && (!isWhole || isUtf8(decoder, bytes))) continue;
      const message =
        'a binary file; compile it in the test, or write its bytes as hexadecimal text';
      findings.push({ path, line: 0, message });
    }
    return findings;
  },
};

/**
 * @param {InstanceType<typeof TextDecoder>} decoder
 * @param {Uint8Array} bytes
 */
function isUtf8(decoder, bytes) {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
