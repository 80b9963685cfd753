// SPDX-License-Identifier: Apache-2.0

/** What the library may be at most, and what compiling it may take. */
export const BUILD_LIMITS: {
  /** Every process of a host maps it. */
  readonly libraryBytes: number;
  /** Dynamic symbols that are looked at; the library has eight. */
  readonly symbols: number;
  /** All targets, with a cold compiler cache. */
  readonly compileMs: number;
} = {
  libraryBytes: 64 * 1024,
  symbols: 4096,
  compileMs: 15 * 60_000,
};
