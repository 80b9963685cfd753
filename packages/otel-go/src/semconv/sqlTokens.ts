// SPDX-License-Identifier: Apache-2.0
// Statements cut into words, names and literals, as far as every dialect has them in common. Nothing
// is understood beyond that: the text may be cut anywhere, and be no SQL at all.

export type SqlTokenKind = 'word' | 'name' | 'literal' | 'symbol';

export interface SqlToken {
  kind: SqlTokenKind;
  start: number;
  end: number;
}

export interface SqlDialect {
  /** `"…"` is a string and no name (MySQL without ANSI_QUOTES; where nothing is known, too). */
  readonly quotesStrings: boolean;
}

const WORD = /[\p{L}\p{N}_$#@]/u;

/**
 * Steps through the tokens of a statement, passing over white space and comments. One object is
 * used for all of them.
 */
export class SqlScanner {
  readonly text: string;
  readonly token: SqlToken = { kind: 'symbol', start: 0, end: 0 };
  readonly #dialect: SqlDialect;
  #at = 0;

  constructor(text: string, dialect: SqlDialect) {
    this.text = text;
    this.#dialect = dialect;
  }

  /** False at the end. */
  next(): boolean {
    this.#skipBlanks();
    const { text } = this;
    if (this.#at >= text.length) return false;
    const { token } = this;
    token.start = this.#at;
    const first = text[this.#at]!;
    if (first === "'" || (first === '"' && this.#dialect.quotesStrings)) {
      token.kind = 'literal';
      this.#skipQuoted(first, true);
    } else if (first === '"' || first === '`') {
      token.kind = 'name';
      this.#skipQuoted(first, false);
    } else if (first === '[' && /[\p{L}_]/u.test(text[this.#at + 1] ?? '')) {
      token.kind = 'name';
      this.#skipQuoted(']', false);
    } else if (first === '$' && this.#dollarTag() !== '') {
      token.kind = 'literal';
      this.#skipDollarQuoted(this.#dollarTag());
    } else if (/[0-9]/.test(first) || (first === '.' && /[0-9]/.test(text[this.#at + 1] ?? ''))) {
      token.kind = 'literal';
      this.#skipNumber();
    } else if (WORD.test(first)) {
      this.#word();
    } else {
      token.kind = 'symbol';
      this.#at++;
    }
    token.end = this.#at;
    return true;
  }

  /** The token as it stands. */
  word(): string {
    return this.text.slice(this.token.start, this.token.end);
  }

  #skipBlanks(): void {
    const { text } = this;
    for (;;) {
      while (/\s/.test(text[this.#at] ?? '')) this.#at++;
      const two = text.slice(this.#at, this.#at + 2);
      if (two === '--') this.#at = endOf(text, '\n', this.#at);
      else if (two === '/*') this.#at = endOf(text, '*/', this.#at + 2);
      else return;
    }
  }

  /** Doubled quotes are a quote; in strings a backslash escapes (MySQL, PostgreSQL's E''). */
  #skipQuoted(quote: string, hasEscapes: boolean): void {
    const { text } = this;
    let at = this.#at + 1;
    for (; at < text.length; at++) {
      if (hasEscapes && text[at] === '\\') at++;
      else if (text[at] === quote) {
        if (text[at + 1] !== quote) break;
        at++;
      }
    }
    this.#at = Math.min(at + 1, text.length);
  }

  /** `$$` or `$tag$` of PostgreSQL; '' for a parameter `$1` or anything else. */
  #dollarTag(): string {
    return /^\$(?:[A-Za-z_]\w{0,63})?\$/.exec(this.text.slice(this.#at, this.#at + 66))?.[0] ?? '';
  }

  #skipDollarQuoted(tag: string): void {
    this.#at = endOf(this.text, tag, this.#at + tag.length);
  }

  #skipNumber(): void {
    const match = /^(?:0[xX][0-9a-fA-F]+|[0-9.]+(?:[eE][+-]?[0-9]+)?)/.exec(
      this.text.slice(this.#at, this.#at + 128),
    );
    this.#at += Math.max(1, match?.[0].length ?? 1);
  }

  /** A word; a string with its prefix (`N'…'`, `x'…'`) is a literal. */
  #word(): void {
    const { text } = this;
    let at = this.#at;
    while (at < text.length && WORD.test(text[at]!)) at++;
    const isPrefix = text[at] === "'" && /^[A-Za-z&]{1,2}$/.test(text.slice(this.#at, at));
    this.token.kind = isPrefix ? 'literal' : 'word';
    this.#at = at;
    if (isPrefix) this.#skipQuoted("'", true);
  }
}

/** Behind the next occurrence, or the end of the text. */
function endOf(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at + what.length;
}
