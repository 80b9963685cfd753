// SPDX-License-Identifier: Apache-2.0

/** Every bound of this package in one table. */
export const BPF_CLIENT_LIMITS: {
  readonly frameBytes: number;
  readonly lastWordsBytes: number;
  readonly requestMs: number;
  readonly exitMs: number;
  readonly ancestors: number;
  readonly framesPerTrace: number;
} = {
  /** docs/profile-internals.md §4: at most so much a frame, what follows the length. */
  frameBytes: 67_108_864,
  /** What is kept of the end of the other side's stderr. */
  lastWordsBytes: 8192,
  /** A request that has no answer by then has failed. */
  requestMs: 30_000,
  /** After `stop` or the closing of its stdin. */
  exitMs: 5_000,
  /** Directories above the tool that are looked into. */
  ancestors: 64,
  /** Frames of one trace: 1,024 of the user and 127 of the kernel, and room. */
  framesPerTrace: 4096,
};
