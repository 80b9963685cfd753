// SPDX-License-Identifier: Apache-2.0
// What a tool needs of the host, as the helper's `probe` tried it, in a person's words.

/** A member of the probe's `features` that a tool needs. */
export interface HostNeed {
  readonly id: string;
  /** Two or three words. */
  readonly title: string;
  /** Nothing works without it. */
  readonly isVital: boolean;
  /** What is lost without it. */
  readonly costs: string;
  /** The next step where the kernel does not have it. */
  readonly hint?: string;
}

/** How one of them was found. */
export interface NeedCheck {
  readonly id: string;
  readonly title: string;
  readonly verdict: 'ok' | 'warning' | 'bad';
  readonly found: string;
  readonly costs?: string;
  readonly hint?: string;
}

/** One feature as the helper tried it. */
interface Feature {
  readonly available?: boolean;
  readonly detail?: string;
}

const NO_RIGHT = /operation not permitted|permission denied|NOT_PERMITTED/i;
/** What the library says to programmers. */
const LIBRARY_ADVICE = / \(MEMLOCK may be too low[^)]*\)/g;

/** Whether an error's words say that the caller lacks a right. */
export function isLackOfRight(words: string): boolean {
  return NO_RIGHT.test(words);
}

/**
 * One check for each need that the helper told of; what a newer helper adds is not known here.
 * @param rootHint the next step where the right to try is what lacks
 */
export function needChecks(
  features: Readonly<Record<string, unknown>>,
  needs: readonly HostNeed[],
  rootHint: string,
): NeedCheck[] {
  const checks: NeedCheck[] = [];
  for (const { id, title, isVital, costs, hint } of needs) {
    const feature = features[id] as Feature | undefined;
    if (feature === undefined || typeof feature !== 'object') continue;
    const detail = (feature.detail ?? '').replace(LIBRARY_ADVICE, '');
    if (feature.available === true) {
      const found = detail === '' ? 'available' : `available: ${detail}`;
      checks.push({ id, title, verdict: 'ok', found });
      continue;
    }
    const found = detail === '' ? 'not available' : `not available: ${detail}`;
    // Whether the kernel has it cannot be seen without the right to try.
    const next = isLackOfRight(detail) ? rootHint : hint;
    const verdict = isVital ? 'bad' : 'warning';
    checks.push({ id, title, verdict, found, costs, ...(next !== undefined && { hint: next }) });
  }
  return checks;
}
