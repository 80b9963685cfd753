// SPDX-License-Identifier: Apache-2.0

/**
 * One path component against a shell pattern (glob(7)): `*`, `?`, `[a-z]`, `[!a]`. A leading dot
 * is matched only by a dot. Time is at most the product of the lengths.
 */
export function matchesGlob(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  let at = 0;
  let p = 0;
  let starAt = -1;
  let starName = 0;
  while (at < name.length) {
    if (pattern[p] === '*') {
      starAt = p++;
      starName = at;
      continue;
    }
    const next = p < pattern.length ? matchOne(name[at]!, pattern, p) : -1;
    if (next > 0) {
      p = next;
      at++;
      continue;
    }
    if (starAt < 0) return false;
    // Let the last star take one character more.
    p = starAt + 1;
    at = ++starName;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** Index behind the pattern element at `p` when it matches, else -1. */
function matchOne(character: string, pattern: string, p: number): number {
  const element = pattern[p]!;
  if (element === '?') return p + 1;
  if (element === '\\' && p + 1 < pattern.length) {
    return pattern[p + 1] === character ? p + 2 : -1;
  }
  if (element !== '[') return element === character ? p + 1 : -1;
  const isNegated = pattern[p + 1] === '!' || pattern[p + 1] === '^';
  const first = p + (isNegated ? 2 : 1);
  const end = pattern.indexOf(']', first + 1);
  if (end < 0) return character === '[' ? p + 1 : -1;
  return inSet(character, pattern, first, end) !== isNegated ? end + 1 : -1;
}

function inSet(character: string, pattern: string, from: number, end: number): boolean {
  for (let i = from; i < end; i++) {
    const isRange = pattern[i + 1] === '-' && i + 2 < end;
    if (!isRange) {
      if (pattern[i] === character) return true;
      continue;
    }
    if (character >= pattern[i]! && character <= pattern[i + 2]!) return true;
    i += 2;
  }
  return false;
}
