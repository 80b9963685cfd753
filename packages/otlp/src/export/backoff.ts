// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from '../limits.ts';

/**
 * The pause before the next attempt: doubles with each failure up to a ceiling, and is then drawn
 * from its upper half, so that many agents do not return to a restarted collector at one moment.
 * @param failures failed attempts in a row, at least 1.
 * @param askedMs what the collector asked for; it is kept, and only ever made longer by jitter.
 * @param random a number of [0, 1).
 */
export function pauseMs(failures: number, askedMs: number | undefined, random: number): number {
  const doubledMs = LIMITS.retryInitialMs * 2 ** Math.min(30, failures - 1);
  const ceilingMs = Math.min(LIMITS.retryMaxMs, doubledMs);
  const jitteredMs = ceilingMs / 2 + (ceilingMs / 2) * random;
  if (askedMs === undefined) return jitteredMs;
  return Math.max(askedMs + (LIMITS.retryInitialMs / 2) * random, jitteredMs);
}
