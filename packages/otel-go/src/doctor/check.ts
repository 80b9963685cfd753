// SPDX-License-Identifier: Apache-2.0

/** One thing looked at. Plain data, the JSON of `doctor`. */
export interface DoctorCheck {
  readonly id: string;
  /** Two or three words. */
  readonly title: string;
  /** `warning`: something is lost; `bad`: there will be no traces. */
  readonly verdict: 'ok' | 'warning' | 'bad' | 'unknown';
  readonly found: string;
  /** What is lost by it. */
  readonly costs?: string;
  /** The next step. */
  readonly hint?: string;
}
