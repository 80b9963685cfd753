// SPDX-License-Identifier: Apache-2.0
// Every count, length and depth that input can choose is bounded here, with the reason for the
// number (plain literals: isolated declarations infer nothing else). What exceeds a limit is cut there and reported as a diagnostic, never silently.

export const LIMITS = {
  /** A file up to this size is read by one call; most programs of a host are smaller. */
  wholeFileBytes: 65_536,
  /** Page of the read cache: header, notes and the dynamic tables of most files lie in two. */
  pageBytes: 8_192,
  /** Pages kept for one open file; further reads go to the file directly. */
  cachedPagesPerFile: 256,
  /** No single read is larger, whatever a damaged length field says. */
  singleReadBytes: 16_777_216,
  /** One bulk read; larger tables are walked in pieces of this size. */
  bulkReadBytes: 1_048_576,
  /** Standard input and other unseekable sources are held in memory up to this. */
  streamBytes: 1_073_741_824,
  /** One string of a string table; names of a megabyte occur only in hostile files. */
  stringBytes: 4_194_304,
  /** Decoded strings remembered for one table. */
  cachedStrings: 65_536,
  /** All strings read from one string table. */
  stringTableBytes: 16_777_216,
  /** PT_INTERP longer than this names no file (PATH_MAX is 4096); kept visible for diagnosis. */
  interpreterBytes: 4_194_304,
  /** Program headers: PN_XNUM allows 2^32; the kernel itself refuses more than 64 KiB of them. */
  programHeaders: 131_072,
  /** Section headers; the largest objects of -ffunction-sections have some 10^5 of them. */
  sections: 98_304,
  /** Entries of PT_DYNAMIC. */
  dynamicEntries: 65_536,
  /** DT_NEEDED entries. */
  needed: 32_768,
  /** Notes in one file; segments and sections of notes, and the bytes of all of them together. */
  notes: 65_536,
  noteRegions: 1_024,
  noteRegionBytes: 16_777_216,
  /** Descriptions of one kind that are decoded as text (package and dlopen metadata) together. */
  noteTextBytes: 1_048_576,
  /** Arrays and objects inside each other in such a text; writing it out again is recursive. */
  noteJsonDepth: 64,
  /** SystemTap probes listed, and bytes of one such note. */
  probes: 4_096,
  probeNoteBytes: 4_096,
  /** Version needs, their auxiliaries, and version definitions. */
  versionEntries: 65_536,
  /** Symbols walked in one table. */
  symbols: 67_108_864,
  /** Bytes of symbol or string tables that a summary (not a listing) may read. */
  summaryScanBytes: 25_165_824,
  /** .strtab read for a private canary of a file that takes its libc from outside. */
  privateCanaryScanBytes: 524_288,
  /** Symbols held in memory as columns at once, 28 bytes each; listings walk in batches instead. */
  symbolColumns: 8_388_608,
  /** Names of one symbol table: kept pieces of it, all names decoded (beside four times its size),
   * and the longest single one. */
  symbolNameCacheBytes: 33_554_432,
  symbolNameBytes: 67_108_864,
  symbolNameLongestBytes: 1_048_576,
  /** One section decompressed (or read whole): the DWARF of the largest programs. */
  sectionDataBytes: 536_870_912,
  /** Window of a Zstandard frame: what `zstd --ultra --long=27` writes; RFC 8878 advises 8 MiB. */
  zstdWindowBytes: 134_217_728,
  /** .gnu_debugdata decompressed, and the dictionary of its LZMA2 stream. */
  debugDataBytes: 67_108_864,
  xzDictionaryBytes: 67_108_864,
  /** A separate debug file whose checksum is computed. */
  debugFileBytes: 4_294_967_296,
  /** Unit headers of .debug_info that are looked at. */
  dwarfUnits: 16_384,
  /** Relocations decoded of one table: Chromium has some 10^6. */
  relocations: 4_194_304,
  /** Threads, mapped files and auxiliary vector entries of one core file. */
  coreThreads: 65_536,
  coreMappedFiles: 65_536,
  coreNoteBytes: 16_777_216,
  /** Symbols of one hash chain that a look-up follows; a good table has fewer than ten. */
  hashChain: 65_536,
  /** Directories below each other in one walk; PATH_MAX allows some 2,000. */
  walkDepth: 2_048,
  /** Diagnostics kept for one file; further ones are counted. */
  diagnostics: 64,
  /** Processes listed: the kernel's own PID_MAX_LIMIT. Threads of one process. */
  processes: 4_194_304,
  threads: 65_536,
  /** MAX_PID_NS_LEVEL of the kernel. */
  pidNamespaceDepth: 32,
  /** One of the small files below /proc/PID (stat, status, cgroup, auxv). */
  procFileBytes: 65_536,
  /** /proc/PID/maps: the default vm.max_map_count is 65,530, some databases ask for 262,144. */
  mappings: 524_288,
  mapsBytes: 67_108_864,
  /** Arguments and environment of one process (the kernel allows 6 MiB together), and entries. */
  procStringsBytes: 8_388_608,
  procStrings: 65_536,
  /** The resource that a process publishes of itself (OTEP 4719). */
  processContextBytes: 65_536,
  /** Symbolic links followed while a path is resolved inside another root (as the kernel's 40). */
  symbolicLinks: 40,
  /** Files of a process looked into for one explanation. */
  explainedFiles: 512,
  /** A runtime's small metadata file: `release`, `runtimeconfig.json`, `node_version.h`. */
  runtimeFileBytes: 262_144,
} as const;
