// SPDX-License-Identifier: Apache-2.0

/** Bounds of what is read and written while files are being changed. */
export const PLAN_LIMITS: {
  /** A configuration file that others may have written. */
  readonly textFileBytes: number;
  /** A library or program of ours. */
  readonly ownFileBytes: number;
  /** Receipt and journal. */
  readonly stateFileBytes: number;
  readonly operations: number;
  /** Lines of one file that a diff compares. */
  readonly diffLines: number;
  /** Rounds of taking a lock whose file vanished meanwhile. */
  readonly lockRounds: number;
  /** Time that a helper program (cp, flock, touch, systemctl) may take. */
  readonly helperMs: number;
} = {
  textFileBytes: 1 << 20,
  ownFileBytes: 64 << 20,
  stateFileBytes: 4 << 20,
  operations: 1000,
  diffLines: 5000,
  lockRounds: 10,
  helperMs: 30_000,
};
