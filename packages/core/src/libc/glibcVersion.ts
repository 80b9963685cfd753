// SPDX-License-Identifier: Apache-2.0
import type { VersionNeed } from '../elf/versions.ts';

const GLIBC_VERSION = /^GLIBC_(\d{1,6}(?:\.\d{1,6})+)$/;

/**
 * The numerically highest glibc symbol version among the needs, such as `2.34`: the oldest glibc
 * on which the file can start. GLIBC_PRIVATE and GLIBC_ABI_* are no versions and are left out.
 */
export function maxGlibcVersion(needs: readonly VersionNeed[]): string | null {
  let best: string | null = null;
  for (const need of needs) {
    const version = GLIBC_VERSION.exec(need.version)?.[1];
    if (version === undefined) continue;
    if (best === null || compareVersions(version, best) > 0) best = version;
  }
  return best;
}

/** Compares dotted numbers; a missing part counts as smaller than any (2.2 < 2.2.5). */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
