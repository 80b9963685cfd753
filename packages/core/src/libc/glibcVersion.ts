// SPDX-License-Identifier: Apache-2.0
import type { VersionNeed } from '../elf/versions.ts';

const GLIBC_VERSION = /^GLIBC_(\d{1,6}(?:\.\d{1,6})+)$/;
const REMEMBERED_VERSIONS = 1024;

// The same few dozen names occur in every file of a host: parse each once.
const partsByName = new Map<string, readonly number[] | null>();

/**
 * The numerically highest glibc symbol version among the needs, such as `2.34`: the oldest glibc
 * on which the file can start. GLIBC_PRIVATE and GLIBC_ABI_* are no versions and are left out.
 */
export function maxGlibcVersion(needs: readonly VersionNeed[]): string | null {
  let best: readonly number[] | null = null;
  for (const { version } of needs) {
    const parts = versionParts(version);
    if (parts === null || parts === best) continue;
    if (best === null || compareParts(parts, best) > 0) best = parts;
  }
  return best === null ? null : best.join('.');
}

/** A missing part counts as smaller than any (2.2 < 2.2.5). */
function compareParts(left: readonly number[], right: readonly number[]): number {
  const length = Math.max(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function versionParts(name: string): readonly number[] | null {
  const known = partsByName.get(name);
  if (known !== undefined) return known;
  const version = GLIBC_VERSION.exec(name)?.[1];
  const parts = version === undefined ? null : version.split('.').map(Number);
  if (partsByName.size < REMEMBERED_VERSIONS) partsByName.set(name, parts);
  return parts;
}
