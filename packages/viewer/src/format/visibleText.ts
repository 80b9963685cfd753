// SPDX-License-Identifier: Apache-2.0
// Names come from the profiled programs. What would not be seen, or would turn the text around it,
// is written out: a function must not be able to look like another one.

/**
 * C0 and C1 controls, DEL, soft hyphen, bidirectional controls (UAX #9), zero-width characters, line
 * and paragraph separators, Hangul fillers, variation selectors, tags, interlinear marks.
 */
const UNSEEN = new RegExp(
  '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f' +
    '\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb' +
    '\\u{e0000}-\\u{e0fff}]',
  'gu',
);
const LONE_SURROGATE = /[\ud800-\udfff]/gu;
/** Names beyond are cut; templates make them long. */
export const SHOWN_CHARACTERS = 2_000;

export function visibleText(text: string, limit: number = SHOWN_CHARACTERS): string {
  const cut = text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
  return cut.replace(LONE_SURROGATE, '\ufffd').replace(UNSEEN, written);
}

function written(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** What OpenTelemetry calls a service that nobody named is its program. */
export function serviceName(name: string, limit?: number): string {
  return visibleText(name.replace(/^unknown_service:(?=.)/, ''), limit);
}

const OPENING = '(<[{';
const CLOSING = ')>]}';

/**
 * Last part of a name without arguments: `a::b<c>::parse(int)` → `parse`, `net/http.(*conn).serve` →
 * `serve`. The whole name where that leaves nothing, as for `(anonymous)`.
 */
export function shortName(name: string): string {
  if (/\+0x[0-9a-f]+$/.test(name) || /\boperator\b/.test(name)) return name;
  const parts = withoutBrackets(name)
    .trim()
    .split(/::|[./]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.at(-1) ?? name;
}

/** What stands outside of all brackets; brackets that do not match are left as they are. */
function withoutBrackets(name: string): string {
  let depth = 0;
  let kept = '';
  for (const character of name.replaceAll('->', '')) {
    if (OPENING.includes(character)) depth++;
    else if (CLOSING.includes(character) && depth > 0) depth--;
    else if (depth === 0) kept += character;
  }
  return depth === 0 ? kept : name;
}
