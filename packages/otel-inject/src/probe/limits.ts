// SPDX-License-Identifier: Apache-2.0

/** Bounds of the programs that the library is tried on. */
export const PROBE_LIMITS: {
  /** Time for one run. */
  readonly programMs: number;
  /** Time for one run of a runtime with its agent. */
  readonly agentMs: number;
  /** Output of one run on one stream. */
  readonly outputBytes: number;
  /** Runs at the same time. */
  readonly concurrency: number;
  /** Characters of a difference that are shown. */
  readonly shownCharacters: number;
} = {
  programMs: 20_000,
  agentMs: 60_000,
  outputBytes: 1 << 20,
  concurrency: 2,
  shownCharacters: 200,
};
