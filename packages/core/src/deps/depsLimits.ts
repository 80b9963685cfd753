// SPDX-License-Identifier: Apache-2.0
// What resolving one file's dependencies may cost. As in ../limits.ts: the rest is a diagnostic.

export const DEPS_LIMITS = {
  /** Objects of one tree; large desktop programs load some 500. */
  nodes: 4_096,
  /** NEEDED, filter and preload entries followed in one tree. */
  edges: 65_536,
  /** Files tried while one tree is resolved: names times existing directories. */
  candidates: 65_536,
  /** Directories of one RPATH, RUNPATH or library path after expansion. */
  searchDirectories: 4_096,
  /** Bytes of one such list; the kernel's longest argument is 128 KiB. */
  searchPathBytes: 131_072,
  /** Names that were not found and for which the places are listed, and places of each. */
  explained: 1_024,
  searchedPlaces: 256,
  /** Paths without a file that one resolver remembers; names of a host repeat, hostile ones not. */
  rememberedAbsent: 65_536,
  /** PATH_MAX and NAME_MAX of Linux: the kernel refuses what is longer. */
  pathBytes: 4_096,
  /** ld.so.cache: a host with 20,000 libraries has some 2 MB. */
  cacheBytes: 67_108_864,
  cacheEntries: 524_288,
  /** Entries of one name: an ABI and a processor level each. */
  cacheSameName: 256,
  /** glibc-hwcaps names of a cache (glibc knows four at most). */
  cacheHwcapNames: 1_024,
  /** ld.so.conf: one file, files read by `include`, their nesting, directories in all. */
  confFileBytes: 1_048_576,
  confFiles: 1_024,
  confDepth: 16,
  confDirectories: 4_096,
  /** One component of an `include` pattern. */
  globBytes: 1_024,
  /** Names in ld.so.preload. */
  preload: 1_024,
  /** The loader is read whole for the paths built into it; glibc's is 0.2 MB, musl's 0.8. */
  loaderBytes: 4_194_304,
  /** /proc/cpuinfo: the first processor's lines. */
  cpuInfoBytes: 16_384,
  /** Names of `.note.dlopen` entries resolved in one tree. */
  dlopenNames: 4_096,
} as const;
