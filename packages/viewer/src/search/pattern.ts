// SPDX-License-Identifier: Apache-2.0
// Expressions that a person types, or that come with a link.

/** Longer texts are matched by their beginning. */
const MATCHED_CHARACTERS = 1_000;
export const MAX_PATTERN_CHARACTERS = 200;

/**
 * Case is ignored until the pattern has a capital letter.
 * @returns a message instead of an expression where the pattern is none
 */
export function compilePattern(pattern: string): RegExp | string {
  if (pattern.length > MAX_PATTERN_CHARACTERS) {
    return `longer than ${MAX_PATTERN_CHARACTERS} characters`;
  }
  try {
    return new RegExp(pattern, /\p{Lu}/u.test(pattern.replace(/\\./g, '')) ? 'u' : 'iu');
  } catch {
    // Without `u` more is allowed, as `\<` or a lone brace.
  }
  try {
    return new RegExp(pattern, /\p{Lu}/u.test(pattern) ? '' : 'i');
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.replace(/^Invalid regular expression: (\/.*\/[a-z]*: )?/s, '');
  }
}

/** @returns 1 for each text that matches; none does where the pattern is no expression */
export function matchTexts(texts: readonly string[], pattern: string): Uint8Array<ArrayBuffer> {
  const expression = compilePattern(pattern);
  const hits = new Uint8Array(texts.length);
  if (typeof expression === 'string') return hits;
  for (let i = 0; i < texts.length; i++) {
    if (expression.test(texts[i]!.slice(0, MATCHED_CHARACTERS))) hits[i] = 1;
  }
  return hits;
}
