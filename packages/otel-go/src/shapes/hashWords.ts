// SPDX-License-Identifier: Apache-2.0
const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

/** FNV-1a over words of 32 bits, with a shift that brings high bits down. @param length of the key */
export function hashWords(words: Int32Array, count: number, length: number): number {
  let hash = FNV_OFFSET ^ length;
  for (let i = 0; i < count; i++) {
    hash = Math.imul(hash ^ words[i]!, FNV_PRIME);
    hash ^= hash >>> 15;
  }
  return hash;
}
