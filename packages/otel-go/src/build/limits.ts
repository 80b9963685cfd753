// SPDX-License-Identifier: Apache-2.0

/** What the build mode's commands take at most. */
export const BUILD_LIMITS: {
  readonly answerBytes: number;
} = {
  /** Of one answer of the weaver: diffs of a large module. */
  answerBytes: 256 * 1024 * 1024,
};
