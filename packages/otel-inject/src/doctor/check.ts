// SPDX-License-Identifier: Apache-2.0

/** One thing looked at. Plain data, the JSON of `doctor`. */
export interface DoctorCheck {
  readonly id: string;
  /** Two or three words. */
  readonly title: string;
  /** `warning`: something is lost; `bad`: injection does not work, or harms. */
  readonly verdict: 'ok' | 'warning' | 'bad' | 'unknown';
  readonly found: string;
  /** What is lost by it. */
  readonly costs?: string;
  /** The command that mends it, or the next step. */
  readonly hint?: string;
}
