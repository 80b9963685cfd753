// SPDX-License-Identifier: Apache-2.0
// Look-ups in ld.so.cache by the rules of glibc, elf/dl-cache.c. How the file is read stands in
// parseLdCache.ts.
import type { CpuCapabilities } from './cpuCapabilities.ts';

/** Legacy bits of x86 (sysdeps/x86/dl-procinfo.h): lower half, then upper half. */
const LEGACY_LOW = new Map([
  [1, 'x86_64'],
  [2, 'avx512_1'],
]);
const LEGACY_HIGH = new Map([
  [18, 'haswell'],
  [19, 'xeon_phi'],
  [31, 'tls'],
]);

/** One library of the cache. */
export interface LdCacheEntry {
  readonly path: string;
  /** Type and ABI: `FLAG_ELF_LIBC6` and the like. */
  readonly flags: number;
  /** Name below `glibc-hwcaps/` for an entry that only some processors may use. */
  readonly hwcapName: string | undefined;
  /** Legacy hardware capabilities that are needed, as glibc's 64-bit mask. */
  readonly hwcapLow: number;
  readonly hwcapHigh: number;
}

/** What the loader that looks something up is and can. */
export interface CacheReader {
  readonly cacheFlags: readonly number[];
  readonly capabilities: CpuCapabilities;
  readonly supportsLegacyHwcaps: boolean;
}

/** The names of a cache with the libraries they stand for. */
export class LdCache {
  readonly #byName: ReadonlyMap<string, readonly LdCacheEntry[]>;

  constructor(byName: ReadonlyMap<string, readonly LdCacheEntry[]>) {
    this.#byName = byName;
  }

  get nameCount(): number {
    return this.#byName.size;
  }

  /** All entries of a name, of every ABI, in the order of the file. */
  entries(name: string): readonly LdCacheEntry[] {
    return this.#byName.get(name) ?? [];
  }

  /**
   * The entry that glibc takes (elf/dl-cache.c, search_cache): the best glibc-hwcaps level that
   * the processor has, else the first whose legacy capabilities it has.
   */
  lookup(name: string, reader: CacheReader): LdCacheEntry | undefined {
    const entries = this.#byName.get(name);
    if (entries === undefined) return undefined;
    let best: LdCacheEntry | undefined;
    let bestRank = Number.POSITIVE_INFINITY;
    for (const entry of entries) {
      if (!reader.cacheFlags.includes(entry.flags)) continue;
      const rank = rankOf(entry, reader);
      if (rank >= bestRank) continue;
      best = entry;
      bestRank = rank;
    }
    return best;
  }
}

/** Lower is better; infinite for what the processor cannot run. */
function rankOf(entry: LdCacheEntry, reader: CacheReader): number {
  const names = reader.capabilities.glibcHwcaps;
  if (entry.hwcapName !== undefined) {
    const rank = names.indexOf(entry.hwcapName);
    return rank < 0 ? Number.POSITIVE_INFINITY : rank;
  }
  if (entry.hwcapLow === 0 && entry.hwcapHigh === 0) return names.length;
  if (!reader.supportsLegacyHwcaps) return Number.POSITIVE_INFINITY;
  const legacy = reader.capabilities.legacy;
  const hasAll =
    coversBits(entry.hwcapLow, LEGACY_LOW, legacy) &&
    coversBits(entry.hwcapHigh, LEGACY_HIGH, legacy);
  // ldconfig sorts those that need more to the front, so that the first is the best.
  return hasAll ? names.length : Number.POSITIVE_INFINITY;
}

function coversBits(
  bits: number,
  bitNames: ReadonlyMap<number, string>,
  legacy: readonly string[],
): boolean {
  for (let bit = 0; bit < 32; bit++) {
    if ((bits & (1 << bit)) === 0) continue;
    const name = bitNames.get(bit);
    if (name === undefined || !legacy.includes(name)) return false;
  }
  return true;
}
