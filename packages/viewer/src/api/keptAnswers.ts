// SPDX-License-Identifier: Apache-2.0
// The last answers about samples that do not change, so that going back and forth between views
// asks nothing twice. Names can come later, so they are not kept for long.

const MOST_KEPT = 6;
const KEPT_MS = 60_000;

const kept = new Map<string, { readonly data: unknown; readonly until: number }>();

export function keptAnswer(path: string): unknown {
  const found = kept.get(path);
  if (found === undefined || found.until < performance.now()) return undefined;
  return found.data;
}

export function keepAnswer(path: string, data: unknown): void {
  kept.delete(path);
  kept.set(path, { data, until: performance.now() + KEPT_MS });
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) return;
    kept.delete(oldest);
  }
}

/** After what changes names, such as symbols for an executable. */
export function forgetAnswers(): void {
  kept.clear();
}
