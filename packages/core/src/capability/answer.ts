// SPDX-License-Identifier: Apache-2.0
// What `explain` says: one answer a question, always with its reason. Nothing is claimed that was
// not looked at: `unknown` is an answer.

export type Verdict = 'yes' | 'no' | 'partly' | 'unknown';

/** One observation, and where it was made. */
export interface Evidence {
  /** A file, mapping or kernel interface, e.g. `PT_INTERP`, `/proc/42/auxv`. */
  readonly from: string;
  readonly says: string;
}

export interface Answer {
  /** Stable name of the question, e.g. `preload`. */
  readonly question: string;
  /** What is asked, in two or three words. */
  readonly title: string;
  readonly verdict: Verdict;
  /** One sentence without a full stop. */
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  /** The next step, where there is one. */
  readonly hint?: string;
  /** More for programs than for people; plain data. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An answer without its question's name and title, which the registry adds. */
export type Finding = Omit<Answer, 'question' | 'title'>;

/** A question about a target; T is what it is asked of. */
export interface Question<T> {
  readonly id: string;
  readonly title: string;
  readonly answer: (target: T) => Finding;
}
