// SPDX-License-Identifier: Apache-2.0
// What debug information can choose is bounded here (plain literals: isolated declarations infer
// nothing else).

export const DWARF_LIMITS = {
  /** Sections of one program, decompressed: what is read lies in memory as a whole. */
  sectionBytes: 201_326_592,
  /** Memory of one instance, in pages of 64 KiB: sections, and what is made of them. */
  memoryPages: 6_144,
  /**
   * Reads of sections: so many, and so many for each byte, when a file is opened; and for one
   * address, whose unit may be the whole program. Go's compiler takes 0.2 a byte to open.
   */
  fuel: 8_388_608,
  fuelPerByte: 8,
  /**
   * Time for one file, and more for each address: most take less than a millisecond. What is asked
   * beyond gets function names only.
   */
  fileMs: 20_000,
  addressMs: 20,
  /** .dwo files opened for one program, and the size of one. */
  dwoFiles: 8_192,
  dwoBytes: 134_217_728,
  /** A path in debug information. */
  pathBytes: 4_096,
  /** A name or path longer than this is cut. */
  stringBytes: 16_384,
  /** Different names and paths that one instance keeps decoded. */
  strings: 65_536,
  /** Where the module is looked for above the tool's own folder. */
  ancestors: 8,
} as const;
