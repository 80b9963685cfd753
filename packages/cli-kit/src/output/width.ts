// SPDX-License-Identifier: Apache-2.0
// How many terminal cells a text takes. Colour sequences count nothing; other control characters
// never get here, because untrusted text has gone through `printable`.

const COLOUR = /\x1b\[[0-9;]*m/g;
let zeroWidth: RegExp | undefined;

// First and last code points of East_Asian_Width W and F (Unicode 15.1, EastAsianWidth.txt),
// neighbouring blocks joined. Terminals give these two cells.
const WIDE: readonly number[] = [
  0x1100, 0x115f, 0x231a, 0x231b, 0x2329, 0x232a, 0x23e9, 0x23ec, 0x23f0, 0x23f0, 0x23f3, 0x23f3,
  0x25fd, 0x25fe, 0x2614, 0x2615, 0x2648, 0x2653, 0x267f, 0x267f, 0x2693, 0x2693, 0x26a1, 0x26a1,
  0x26aa, 0x26ab, 0x26bd, 0x26be, 0x26c4, 0x26c5, 0x26ce, 0x26ce, 0x26d4, 0x26d4, 0x26ea, 0x26ea,
  0x26f2, 0x26f3, 0x26f5, 0x26f5, 0x26fa, 0x26fa, 0x26fd, 0x26fd, 0x2705, 0x2705, 0x270a, 0x270b,
  0x2728, 0x2728, 0x274c, 0x274c, 0x274e, 0x274e, 0x2753, 0x2755, 0x2757, 0x2757, 0x2795, 0x2797,
  0x27b0, 0x27b0, 0x27bf, 0x27bf, 0x2b1b, 0x2b1c, 0x2b50, 0x2b50, 0x2b55, 0x2b55, 0x2e80, 0x303e,
  0x3041, 0x4dbf, 0x4e00, 0xa4cf, 0xa960, 0xa97f, 0xac00, 0xd7a3, 0xf900, 0xfaff, 0xfe10, 0xfe19,
  0xfe30, 0xfe6f, 0xff01, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x18aff, 0x1b000, 0x1b2ff, 0x1f004,
  0x1f004, 0x1f0cf, 0x1f0cf, 0x1f18e, 0x1f18e, 0x1f191, 0x1f19a, 0x1f200, 0x1f320, 0x1f32d, 0x1f335,
  0x1f337, 0x1f37c, 0x1f37e, 0x1f393, 0x1f3a0, 0x1f3ca, 0x1f3cf, 0x1f3d3, 0x1f3e0, 0x1f3f0, 0x1f3f4,
  0x1f3f4, 0x1f3f8, 0x1f43e, 0x1f440, 0x1f440, 0x1f442, 0x1f4fc, 0x1f4ff, 0x1f53d, 0x1f54b, 0x1f54e,
  0x1f550, 0x1f567, 0x1f57a, 0x1f57a, 0x1f595, 0x1f596, 0x1f5a4, 0x1f5a4, 0x1f5fb, 0x1f64f, 0x1f680,
  0x1f6c5, 0x1f6cc, 0x1f6cc, 0x1f6d0, 0x1f6d2, 0x1f6d5, 0x1f6d7, 0x1f6dc, 0x1f6df, 0x1f6eb, 0x1f6ec,
  0x1f6f4, 0x1f6fc, 0x1f7e0, 0x1f7eb, 0x1f7f0, 0x1f7f0, 0x1f90c, 0x1f93a, 0x1f93c, 0x1f945, 0x1f947,
  0x1f9ff, 0x1fa70, 0x1faff, 0x20000, 0x2fffd, 0x30000, 0x3fffd,
];

/** Cells that the text takes on one line of a terminal. */
export function displayWidth(text: string): number {
  if (isNarrow(text)) return text.length;
  let cells = 0;
  for (const character of text.replace(COLOUR, '')) cells += characterWidth(character);
  return cells;
}

// Below U+0300 nothing is wide and nothing combines. Native calls for ASCII, then a loop: a cold
// regular expression costs more than the whole table it would measure.
function isNarrow(text: string): boolean {
  if (Buffer.byteLength(text) === text.length) return !text.includes('\x1b');
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x300 || unit === 0x1b) return false;
  }
  return true;
}

function characterWidth(character: string): 0 | 1 | 2 {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint < 0x300) return 1;
  if (isZeroWidth(character, codePoint)) return 0;
  return isWide(codePoint) ? 2 : 1;
}

function isZeroWidth(character: string, codePoint: number): boolean {
  // Punctuation, arrows and box drawing, which our own output is full of, without Unicode's tables.
  if (codePoint >= 0x2010 && codePoint <= 0x2027) return false;
  if (codePoint >= 0x2190 && codePoint <= 0x2bff) return false;
  // Made on first need: V8 takes milliseconds for such classes.
  zeroWidth ??= /^[\p{Mn}\p{Me}\p{Cf}]$/u;
  return zeroWidth.test(character);
}

function isWide(codePoint: number): boolean {
  let low = 0;
  let high = WIDE.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (codePoint > WIDE[middle * 2 + 1]!) low = middle + 1;
    else high = middle;
  }
  return low * 2 < WIDE.length && codePoint >= WIDE[low * 2]!;
}

/** Spaces up to `cells`; a longer text stays as it is. */
export function padEnd(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - displayWidth(text)));
}

/** As {@link padEnd}, to the left: for numbers. */
export function padStart(text: string, cells: number): string {
  return ' '.repeat(Math.max(0, cells - displayWidth(text))) + text;
}

/**
 * Uncoloured text cut to `cells`, with `…` in place of what is gone.
 * @param keep which part tells more: the `end` of a path, the `start` of a sentence
 */
export function truncate(text: string, cells: number, keep: 'start' | 'end' = 'start'): string {
  if (displayWidth(text) <= cells) return text;
  if (cells < 1) return '';
  const characters = [...text];
  if (keep === 'end') characters.reverse();
  let used = 1;
  let kept = 0;
  for (const character of characters) {
    used += characterWidth(character);
    if (used > cells) break;
    kept++;
  }
  const part = characters.slice(0, kept);
  return keep === 'end' ? `…${part.reverse().join('')}` : `${part.join('')}…`;
}
