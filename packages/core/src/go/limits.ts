// SPDX-License-Identifier: Apache-2.0
// What Go's own tables may cost to read. As in ../limits.ts: what is beyond is a diagnostic.

export const GO_LIMITS = {
  /**
   * Bytes of the first writable segment searched for the build information of a file that has
   * neither section names nor a Go build ID: the linker puts it near the start, behind at most
   * the pclntab of a position-independent program.
   */
  buildInfoScanBytes: 268_435_456,
  /** The same where named sections are there and none of them is Go's. */
  buildInfoScanNonGoBytes: 4_096,
  /** PT_LOAD entries of one kind that are searched; linkers make fewer than ten. */
  segments: 64,
  /** The search goes piece by piece; a multiple of the blob's alignment. */
  scanPieceBytes: 1_048_576,
  /** `devel go1.27-0123456789 Thu Jan 1 … X:experiments` is the longest kind. */
  versionBytes: 1_024,
  /** Module information; that of the largest known programs is below 100 KB. */
  moduleInfoBytes: 16_777_216,
  /** Lines of it: modules, replacements, settings. */
  moduleInfoLines: 131_072,
  /** A build ID: four hashes of 20 characters, or what -buildid was given. */
  buildIdBytes: 4_096,
  /** Where the in-text form of the build ID is looked for, as Go's own tool does. */
  buildIdScanBytes: 32_768,
  /** Functions of one pclntab; the largest known programs hold some 10^6. */
  functions: 4_194_304,
  /** Bytes searched for a pclntab, and for the moduledata, of a file without telling sections. */
  pclntabScanBytes: 268_435_456,
  /** Places that look like a pclntab, or like moduledata, and are checked. */
  scanCandidates: 1_024,
  /** Steps of one pc-value table: one each change of line in one function. */
  pcValueSteps: 1_048_576,
  /** Calls inlined into each other at one instruction; the compiler stops far earlier. */
  inlineDepth: 512,
  /** A function's or a file's name in the tables; names of generics reach some KB. */
  nameBytes: 65_536,
  /** Tables are read in windows of this size, so many of which are kept. */
  tableWindowBytes: 8_192,
  tableWindows: 1_024,
  /** Dynamic relocations walked to find pointers that the file itself holds as zero. */
  relocations: 16_777_216,
} as const;
