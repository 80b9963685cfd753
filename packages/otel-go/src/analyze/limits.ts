// SPDX-License-Identifier: Apache-2.0
// What the analysis of one file may cost. Beyond a limit is a problem in words, never a guess.

export const ANALYZE_LIMITS = {
  /** .debug_info decompressed; the largest Go programs known have some 150 MB. */
  debugInfoBytes: 402_653_184,
  /** .debug_abbrev; Go writes some 600 bytes, C compilers some hundred KB. */
  debugAbbrevBytes: 16_777_216,
  /** Abbreviations of one table. Go has some 50, C compilers some thousand. */
  abbreviations: 65_536,
  /** Attributes of one abbreviation. */
  abbreviationAttributes: 256,
  /** Units of .debug_info: one a package, and one a C file. */
  units: 131_072,
  /** Entries of .debug_info looked at. */
  debugEntries: 33_554_432,
  /** Members of one struct; the compiler's own limit is higher, real ones have some hundred. */
  structMembers: 8_192,
  /** The name of a struct or of a field. */
  nameBytes: 4_096,
  /** The name table and the functions' part of the pclntab that are held at once. */
  nameTableBytes: 268_435_456,
  functionTableBytes: 268_435_456,
  /** The region of type descriptors and their names; the largest programs have some 40 MB. */
  typeBytes: 268_435_456,
  /** itabs of one program, and methods of one interface. */
  itabs: 131_072,
  methods: 65_536,
  /** `*` before a type's name. */
  pointerDepth: 8,
  /** Dynamic relocations held at once, 16 bytes each. */
  relocations: 8_388_608,
  /** The table of layouts as JSON. */
  tableBytes: 16_777_216,
} as const;
