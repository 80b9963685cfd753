// SPDX-License-Identifier: Apache-2.0
// Lines of `KEY=VALUE`, exactly as native/injector/src/conf.zig reads them. '#' outside quotes
// starts a comment. '...' is literal; in "..." a backslash escapes `"`, `\`, `$` and '`'; outside
// quotes it escapes a blank, a quote, '#' and itself. A file that the library would refuse as a
// whole (too large, binary) is refused by readText.ts before it comes here.
import { type ByteText, isBlank, trim } from './byteText.ts';

export type LineDamage = 'no-equals' | 'no-key' | 'open-quote';

export interface ConfigLine {
  readonly key: ByteText;
  /** Without quotes, escapes and comment; '' where the line is damaged. */
  readonly value: ByteText;
  /** 1-based. */
  readonly number: number;
  readonly damage?: LineDamage;
  /** 0-based offset in the line of the key, of the value as written, and of what is damaged. */
  readonly keyAt: number;
  readonly valueAt: number;
  readonly damageAt?: number;
}

const BOM = '\xef\xbb\xbf';

/** Lines that say something: comments and empty ones are left out. */
export function* parseLines(source: ByteText): Generator<ConfigLine> {
  let at = source.startsWith(BOM) ? BOM.length : 0;
  for (let number = 1; at < source.length; number++) {
    const newline = source.indexOf('\n', at);
    const end = newline < 0 ? source.length : newline;
    const line = parseLine(source.slice(at, end), number);
    if (line !== undefined) yield line;
    at = end + 1;
  }
}

function parseLine(line: ByteText, number: number): ConfigLine | undefined {
  const trimmed = trim(line);
  if (trimmed.length === 0 || trimmed[0] === '#') return undefined;
  const keyAt = line.indexOf(trimmed[0]!);
  const equals = line.indexOf('=');
  if (equals < 0) {
    const place = { keyAt, valueAt: line.length, damageAt: keyAt };
    return { key: trimmed, value: '', number, damage: 'no-equals', ...place };
  }
  const key = trim(line.slice(0, equals));
  const valueAt = equals + 1 + blanksAt(line.slice(equals + 1));
  const { value, openQuoteAt } = unquote(line.slice(equals + 1));
  const place = { keyAt: key === '' ? equals : keyAt, valueAt };
  if (openQuoteAt !== undefined) {
    const damageAt = equals + 1 + openQuoteAt;
    return { key, value: '', number, damage: 'open-quote', ...place, damageAt };
  }
  if (key === '') return { key, value, number, damage: 'no-key', ...place, damageAt: equals };
  return { key, value, number, ...place };
}

function blanksAt(text: ByteText): number {
  let at = 0;
  while (at < text.length && isBlank(text[at])) at++;
  return at;
}

interface Unquoted {
  readonly value: ByteText;
  /** Where the quote begins that does not end. */
  readonly openQuoteAt?: number;
  /** Where the comment begins. */
  readonly commentAt?: number;
}

/** The value of what stands behind '='. */
export function unquote(text: ByteText): Unquoted {
  let out = '';
  let kept = 0; // trailing blanks are cut down to here only
  let quote = '';
  let quoteAt = 0;
  for (let i = blanksAt(text); i < text.length; i++) {
    const character = text[i]!;
    if (quote === '' && character === '#') return { value: cut(out, kept), commentAt: i };
    if (quote === '' ? character === '"' || character === "'" : character === quote) {
      quoteAt = i;
      quote = quote === '' ? character : '';
      kept = out.length;
      continue;
    }
    if (character === '\\' && i + 1 < text.length && isEscapable(text[i + 1]!, quote)) {
      i++;
      out += text[i]!;
      kept = out.length;
      continue;
    }
    out += character;
  }
  if (quote !== '') return { value: '', openQuoteAt: quoteAt };
  return { value: cut(out, kept) };
}

function cut(out: ByteText, kept: number): ByteText {
  let end = out.length;
  while (end > kept && isBlank(out[end - 1])) end--;
  return out.slice(0, end);
}

function isEscapable(character: string, quote: string): boolean {
  if (quote === "'") return false;
  return quote === '"' ? '"\\$`'.includes(character) : ' \t"\'#\\'.includes(character);
}

/** What counts as true; everything else is false. */
export function isTrue(text: ByteText): boolean {
  return /^(?:true|t|yes|on|1)$/i.test(trim(text));
}
