// SPDX-License-Identifier: Apache-2.0
// The word that was probably meant.

/** Longest word that is compared: the effort grows with its square. */
const MAX_WORD = 128;

/** The candidate of the smallest edit distance, if that is small for the word's length. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase().replaceAll('-', '_');
  if (wanted.length > MAX_WORD || wanted.length < 2) return undefined;
  let best: string | undefined;
  let bestDistance = Math.floor(wanted.length / 3) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best ?? byPart(wanted, candidates);
}

/** `jvm_agent_path` leaves words out rather than letters. */
function byPart(wanted: string, candidates: Iterable<string>): string | undefined {
  const parts = wanted.split('_').filter((part) => part !== '');
  const holding = [...candidates].filter((candidate) => {
    const words = candidate.split('_');
    return parts.length > 1 && parts.every((part) => words.includes(part));
  });
  return holding.length === 1 ? holding[0] : undefined;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
export function editDistance(left: string, right: string): number {
  const width = right.length + 1;
  let beforeLast = new Uint16Array(width);
  let last = Uint16Array.from({ length: width }, (_, i) => i);
  for (let i = 1; i <= left.length; i++) {
    const row = new Uint16Array(width);
    row[0] = i;
    for (let j = 1; j < width; j++) {
      const isSame = left[i - 1] === right[j - 1];
      let cost = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (isSwap) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row[j] = cost;
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length]!;
}
