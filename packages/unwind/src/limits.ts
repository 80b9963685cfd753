// SPDX-License-Identifier: Apache-2.0
// Every count and length that a file can choose is bounded here, with the reason for the number.
// What exceeds a limit is cut there and reported as a diagnostic, never silently.

export const UNWIND_LIMITS = {
  /** One .eh_frame or .debug_frame, decompressed: that of a 2 GB browser has some 60 MB. */
  frameSectionBytes: 268_435_456,
  /** CIEs of one section: .debug_frame has one for each compilation unit. */
  cies: 262_144,
  /** FDEs or functions of one file: the largest known programs hold some 10^6. */
  ranges: 2_097_152,
  /** Rows of one file, before neighbours are merged; 12 bytes each. */
  rows: 16_777_216,
  /** DW_CFA_remember_state inside each other; compilers reach 2. */
  rememberedStates: 64,
  /** How often all instructions of a section may be run: an FDE can be named more than once. */
  repeatedInstructions: 4,
  /** Bytes of a LEB128 number that are looked at: ten hold 64 bits. */
  leb128Bytes: 10,
  /** Address space of one file that a table spans: offsets in it are 32-bit numbers. */
  spanBytes: 4_294_966_272,
  /** Side rules of one table, by its format. */
  sideRules: 65_536,
  /** One part of a pclntab; those of the largest known programs have some 60 MB. */
  goTableBytes: 268_435_456,
  /** Steps of one pcsp table. */
  pcValueSteps: 1_048_576,
  /** Functions of Go's runtime that change stacks have some hundred bytes. */
  goSpecialFunctionBytes: 4_096,
  /** Hand-written entry code without call frame information. */
  entryPointBytes: 256,
  /** Code searched for what C libraries write by hand, piece by piece, and places that are taken. */
  cLibraryScanBytes: 67_108_864,
  scanPieceBytes: 1_048_576,
  cLibraryPlaces: 64,
  /** The kernel's vDSO has two pages, some more where it is debugged. */
  vdsoBytes: 1_048_576,
  /** One table: that of libLLVM has 9 MB. */
  tableBytes: 268_435_456,
  /** All tables on disk, and entries looked at there. */
  cacheBytes: 536_870_912,
  cacheEntries: 65_536,
  /** Files up to this are read at once: handing them to another thread would take longer. */
  inlineFileBytes: 131_072,
  /** Files larger than that take seconds: meanwhile others are read beside them. */
  hugeFileBytes: 134_217_728,
  /** Files that wait for the worker, and how long one of them may take. */
  queuedTables: 1_024,
  tableMs: 60_000,
  /** The worker ends, and gives its memory back, after so long without work. */
  idleWorkerMs: 15_000,
  /** A gap up to this before an aligned function is padding, which never runs. */
  paddingBytes: 15,
} as const;
