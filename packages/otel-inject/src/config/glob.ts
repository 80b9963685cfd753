// SPDX-License-Identifier: Apache-2.0
// Patterns with `*` (any run, '/' included) and `?` (one byte), as native/injector/src/glob.zig
// compares them, with its budget of steps.
import type { ByteText } from './byteText.ts';
import { INJECT_LIMITS } from './limits.ts';

/** Steps left for all comparisons of one start. */
export interface GlobBudget {
  left: number;
}

export function newGlobBudget(): GlobBudget {
  return { left: INJECT_LIMITS.globSteps };
}

/** False also when the budget is used up: look at `budget.left` before trusting a series. */
export function matchesGlob(pattern: ByteText, text: ByteText, budget: GlobBudget): boolean {
  let at = 0;
  let i = 0;
  let star = -1;
  let resumeAt = 0;
  while (i < text.length) {
    if (budget.left === 0) return false;
    budget.left--;
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at++;
      resumeAt = i;
    } else if (wanted === '?' || wanted === text[i]) {
      at++;
      i++;
    } else if (star >= 0) {
      i = ++resumeAt;
      at = star + 1;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
