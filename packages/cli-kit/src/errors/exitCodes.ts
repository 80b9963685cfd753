// SPDX-License-Identifier: Apache-2.0
// What a shell script learns from a tool. Documented in docs/cli: a changed value breaks users.

/** Exit codes of every otelkit tool. */
export const ExitCode: {
  /** Everything asked for was done. */
  readonly ok: 0;
  /** A negative answer ("not stripped", "no Go"), or a part of the work failed. */
  readonly negative: 1;
  /** The command line was wrong; nothing was done. */
  readonly usage: 2;
  /** Some input is not ELF, or is damaged. */
  readonly malformed: 3;
  /** Some input could not be read: missing, forbidden, vanished. */
  readonly io: 4;
  /** A defect of the tool itself (EX_SOFTWARE of sysexits.h). */
  readonly internal: 70;
} = { ok: 0, negative: 1, usage: 2, malformed: 3, io: 4, internal: 70 };

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

// The index is the severity. Numerical order would do but for 2 (usage), which never mixes with
// the others in one run: where it does appear, the command line was wrong and that is the news.
const BY_SEVERITY: readonly ExitCode[] = [0, 1, 3, 4, 2, 70];

/** The code to exit with when several files ended differently: 70 > 2 > 4 > 3 > 1 > 0. */
export function worstExitCode(left: ExitCode, right: ExitCode): ExitCode {
  return BY_SEVERITY.indexOf(left) >= BY_SEVERITY.indexOf(right) ? left : right;
}
