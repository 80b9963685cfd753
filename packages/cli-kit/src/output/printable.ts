// SPDX-License-Identifier: Apache-2.0
// Names in files, processes and file systems are chosen by others. Shown raw they could move the
// cursor, retitle the terminal, or reverse the reading direction ("Trojan Source", CVE-2021-42574).

// C0, DEL, C1; soft hyphen and other invisible format characters; line and paragraph separators;
// bidirectional marks, embeddings, overrides, isolates; BOM, interlinear annotations; variation
// selectors and tags (they hide text); lone surrogates, for bytes that were not UTF-8; private and
// unassigned code points, which look different everywhere.
const INVISIBLE =
  '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f' +
  '\\u200b-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0' +
  '\\ufff0-\\ufffb\\ufffe\\uffff]|[\\u{e0000}-\\u{e0fff}]|\\p{Cs}|\\p{Cn}|\\p{Co}';

interface Patterns {
  readonly unsafe: RegExp;
  readonly unsafeOrBackslash: RegExp;
}
let patterns: Patterns | undefined;

// Made on first need: V8 takes milliseconds for the Unicode classes, and few texts need them.
function getPatterns(): Patterns {
  patterns ??= {
    unsafe: new RegExp(INVISIBLE, 'u'),
    unsafeOrBackslash: new RegExp(`\\\\|${INVISIBLE}`, 'gu'),
  };
  return patterns;
}

const FIRST_UNKNOWN = 0x300;

/** True when nothing is to be escaped, without a look at Unicode's tables for Latin texts. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= FIRST_UNKNOWN) return !getPatterns().unsafe.test(text);
    if (unit < 0x20 || (unit > 0x7e && unit < 0xa0) || unit === 0xad) return false;
  }
  return true;
}

const SHORT: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
};

/**
 * The text with everything escaped that a terminal would obey or not show: `\n`, `\x1b`, `\u202e`.
 *
 * A byte that was not UTF-8 (a lone surrogate U+DC80…U+DCFF) becomes `\xNN` again. Backslashes are
 * doubled only in texts that need another escape, so that ordinary names stay as they are.
 */
export function printable(text: string): string {
  return isPlain(text) ? text : text.replace(getPatterns().unsafeOrBackslash, escapeOne);
}

/**
 * The same characters in a JSON text that JSON.stringify made, as `\\uNNNN` (pairs above U+FFFF).
 * Line feeds stay: within strings they are escaped already, between them they are indentation.
 */
export function escapeForJson(json: string): string {
  if (isPlainJson(json)) return json;
  return json.replace(getPatterns().unsafeOrBackslash, (character) => {
    if (character === '\\' || character === '\n') return character;
    let escaped = '';
    for (let i = 0; i < character.length; i++) {
      escaped += `\\u${hex(character.charCodeAt(i), 4)}`;
    }
    return escaped;
  });
}

// Controls below U+0020 other than the line feed cannot be in what JSON.stringify made.
function isPlainJson(json: string): boolean {
  // V8 searches natively for this: documents are long, and a loop is slow until it is warm.
  const at = json.search(/[^\n\x20-\x7e\xa0-\xac\xae-\u02ff]/);
  if (at < 0) return true;
  return json.charCodeAt(at) >= FIRST_UNKNOWN && !hasUnsafeBeyondLineFeed(json);
}

function hasUnsafeBeyondLineFeed(json: string): boolean {
  return getPatterns().unsafe.test(json.replaceAll('\n', ' '));
}

function escapeOne(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint >= 0xdc80 && codePoint <= 0xdcff) return `\\x${hex(codePoint - 0xdc00, 2)}`;
  if (codePoint < 0x80) return `\\x${hex(codePoint, 2)}`;
  return codePoint > 0xffff ? `\\u{${hex(codePoint, 1)}}` : `\\u${hex(codePoint, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
