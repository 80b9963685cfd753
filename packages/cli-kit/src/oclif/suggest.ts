// SPDX-License-Identifier: Apache-2.0

/** Words longer than this are not worth comparing, and come from elsewhere than a keyboard. */
const WORD_MAX = 64;

/** The candidate that was probably meant, or undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > WORD_MAX) return undefined;
  let best: string | undefined;
  // A third of the letters may be wrong.
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
export function editDistance(left: string, right: string): number {
  const columns = right.length + 1;
  const cells = new Uint16Array((left.length + 1) * columns);
  const at = (i: number, j: number) => cells[i * columns + j]!;
  for (let i = 0; i <= left.length; i++) cells[i * columns] = i;
  for (let j = 0; j <= right.length; j++) cells[j] = j;
  for (let i = 1; i <= left.length; i++) {
    for (let j = 1; j <= right.length; j++) {
      const isSame = left[i - 1] === right[j - 1];
      let cost = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (isSame ? 0 : 1));
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (isSwap) cost = Math.min(cost, at(i - 2, j - 2) + 1);
      cells[i * columns + j] = cost;
    }
  }
  return at(left.length, right.length);
}
