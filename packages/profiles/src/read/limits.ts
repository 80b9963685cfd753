// SPDX-License-Identifier: Apache-2.0
// What a file or a request may make a reader take.

export const READ_LIMITS = {
  /** Unpacked bytes of one file: beyond it a profile is no longer one that somebody looks at. */
  inputBytes: 536_870_912,
  /** Frames of one stack; the outermost beyond it are left out, and that is told. */
  stackFrames: 4_096,
  /** Samples of one file or request: 50 bytes each in memory. */
  samples: 16_777_216,
  /** Frames of all stacks together: 4 bytes each, and the key of each stack. */
  stackElements: 67_108_864,
  /** Kinds of samples in one profile (the model's column has a byte). */
  kinds: 64,
  /** Characters of one text; longer ones are cut. */
  textChars: 4_096,
  /** Labels of one sample. */
  labels: 64,
  /** Characters of one line of a text format. */
  lineChars: 1_048_576,
} as const;
