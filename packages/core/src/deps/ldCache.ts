// SPDX-License-Identifier: Apache-2.0
// Look-ups in ld.so.cache by the rules of glibc, elf/dl-cache.c. How the file is read stands in
// parseLdCache.ts.
import { BIG_ENDIAN, type Endian } from '../bytes/endian.ts';
import { decodeRange } from '../bytes/surrogateEscape.ts';
import type { CpuCapabilities } from './cpuCapabilities.ts';
import { DEPS_LIMITS } from './depsLimits.ts';

export const NEW_ENTRY_BYTES = 24;
/** Upper half of `hwcap`: bit 62, ISA level bits aside, makes the lower half an index. */
const HWCAP_EXTENSION = 0x40000000;
const HWCAP_ISA_LEVEL_MASK = 0x3ff;

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

/** Where the parts of a cache stand. */
export interface LdCacheLayout {
  readonly endian: Endian;
  readonly count: number;
  readonly entriesAt: number;
  readonly entryBytes: number;
  /** What string offsets count from. */
  readonly stringsFrom: number;
  readonly hwcapNames: readonly string[];
}

/** What the loader that looks something up is and can. */
export interface CacheReader {
  readonly cacheFlags: readonly number[];
  readonly capabilities: CpuCapabilities;
  readonly supportsLegacyHwcaps: boolean;
}

/**
 * A cache as it stands in memory. Names are found by bisection over the entries, which ldconfig
 * sorts for it: to decode some thousand entries for the few names of one program costs more than
 * all else that is asked about it.
 */
export class LdCache {
  readonly #bytes: Buffer;
  readonly #layout: LdCacheLayout;
  readonly #count: number;
  readonly #known = new Map<string, readonly LdCacheEntry[]>();
  /** By index: bisections go through the same few again and again. */
  readonly #names: (string | undefined)[];

  constructor(bytes: Buffer, layout: LdCacheLayout, count: number) {
    this.#bytes = bytes;
    this.#layout = layout;
    this.#count = count;
    this.#names = new Array(count);
  }

  /** How many different names there are; walks all entries. */
  get nameCount(): number {
    const names = new Set<string>();
    for (let i = 0; i < this.#count; i++) names.add(this.#nameAt(i));
    return names.size;
  }

  /** All entries of a name, of every ABI, in the order of the file. */
  entries(name: string): readonly LdCacheEntry[] {
    let entries = this.#known.get(name);
    if (entries === undefined) {
      entries = this.#find(name);
      this.#known.set(name, entries);
    }
    return entries;
  }

  /**
   * The entry that glibc takes (elf/dl-cache.c, search_cache): the best glibc-hwcaps level that
   * the processor has, else the first whose legacy capabilities it has.
   */
  lookup(name: string, reader: CacheReader): LdCacheEntry | undefined {
    let best: LdCacheEntry | undefined;
    let bestRank = Number.POSITIVE_INFINITY;
    for (const entry of this.entries(name)) {
      if (!reader.cacheFlags.includes(entry.flags)) continue;
      const rank = rankOf(entry, reader);
      if (rank >= bestRank) continue;
      best = entry;
      bestRank = rank;
    }
    return best;
  }

  #find(name: string): LdCacheEntry[] {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = compareNames(name, this.#nameAt(middle));
      if (order === 0) return this.#neighbours(name, middle);
      // ldconfig writes the greatest name first.
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return [];
  }

  #neighbours(name: string, index: number): LdCacheEntry[] {
    let first = index;
    while (first > 0 && this.#nameAt(first - 1) === name) first--;
    const entries: LdCacheEntry[] = [];
    for (let i = first; i < this.#count && entries.length < DEPS_LIMITS.cacheSameName; i++) {
      if (this.#nameAt(i) !== name) break;
      const entry = this.#entryAt(i);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  /** Empty, which no library is called, where the offset leads nowhere. */
  #nameAt(index: number): string {
    const known = this.#names[index];
    if (known !== undefined) return known;
    const { endian, entriesAt, entryBytes, stringsFrom } = this.#layout;
    const offset = endian.u32(this.#bytes, entriesAt + index * entryBytes + 4);
    const name = cacheString(this.#bytes, stringsFrom + offset) ?? '';
    this.#names[index] = name;
    return name;
  }

  #entryAt(index: number): LdCacheEntry | undefined {
    const { endian, entriesAt, entryBytes, stringsFrom, hwcapNames } = this.#layout;
    const bytes = this.#bytes;
    const at = entriesAt + index * entryBytes;
    const path = cacheString(bytes, stringsFrom + endian.u32(bytes, at + 8));
    if (path === undefined) return undefined;
    const flags = endian.u32(bytes, at);
    if (entryBytes < NEW_ENTRY_BYTES) {
      return { path, flags, hwcapName: undefined, hwcapLow: 0, hwcapHigh: 0 };
    }
    const isBig = endian === BIG_ENDIAN;
    const low = endian.u32(bytes, at + 16 + (isBig ? 4 : 0));
    const high = endian.u32(bytes, at + 16 + (isBig ? 0 : 4));
    if ((high & ~HWCAP_ISA_LEVEL_MASK) !== HWCAP_EXTENSION) {
      return { path, flags, hwcapName: undefined, hwcapLow: low, hwcapHigh: high };
    }
    const hwcapName = hwcapNames[low];
    if (hwcapName === undefined) return undefined;
    return { path, flags, hwcapName, hwcapLow: 0, hwcapHigh: 0 };
  }
}

/** A string of the cache; undefined where it leads out of it or is longer than any path. */
export function cacheString(bytes: Buffer, at: number): string | undefined {
  if (!(at >= 0) || at >= bytes.length) return undefined;
  const end = bytes.indexOf(0, at);
  if (end < 0 || end - at > DEPS_LIMITS.pathBytes) return undefined;
  return decodeRange(bytes, at, end);
}

/**
 * The order of the cache (elf/dl-cache.c, _dl_cache_libcmp): runs of digits compare as numbers,
 * and a digit is greater than anything else.
 */
export function compareNames(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length) {
    const left = a.charCodeAt(i);
    const right = j < b.length ? b.charCodeAt(j) : 0;
    if (isDigit(left) !== isDigit(right)) return isDigit(left) ? 1 : -1;
    if (!isDigit(left)) {
      if (left !== right) return left - right;
      i++;
      j++;
      continue;
    }
    const leftEnd = digitsEnd(a, i);
    const rightEnd = digitsEnd(b, j);
    const difference = Number(a.slice(i, leftEnd)) - Number(b.slice(j, rightEnd));
    if (difference !== 0) return difference;
    i = leftEnd;
    j = rightEnd;
  }
  return j < b.length ? -1 : 0;
}

function digitsEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  return end;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** Behind every glibc-hwcaps level. */
const PLAIN_RANK = 1_000;

/** Lower is better; infinite for what the processor cannot run. */
function rankOf(entry: LdCacheEntry, reader: CacheReader): number {
  if (entry.hwcapName !== undefined) {
    const rank = reader.capabilities.glibcHwcaps.indexOf(entry.hwcapName);
    return rank < 0 ? Number.POSITIVE_INFINITY : rank;
  }
  if (entry.hwcapLow === 0 && entry.hwcapHigh === 0) return PLAIN_RANK;
  if (!reader.supportsLegacyHwcaps) return Number.POSITIVE_INFINITY;
  const legacy = reader.capabilities.legacy;
  const hasAll =
    coversBits(entry.hwcapLow, LEGACY_LOW, legacy) &&
    coversBits(entry.hwcapHigh, LEGACY_HIGH, legacy);
  // ldconfig sorts those that need more to the front, so that the first is the best.
  return hasAll ? PLAIN_RANK : Number.POSITIVE_INFINITY;
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
