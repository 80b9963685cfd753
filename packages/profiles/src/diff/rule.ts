// SPDX-License-Identifier: Apache-2.0
// Rules that fail a build (docs/profile-diff.md):
//   rule   = ["any"] metric ["(" which ")"] (">" | "<") amount
//   metric = "self" | "total"
//   which  = a function's name | "re:" regular expression
//   amount = number "%" | sign number "%" | sign number "pp"

export interface Rule {
  readonly text: string;
  /** Each function by itself; otherwise all that match are one. */
  readonly any: boolean;
  readonly metric: 'self' | 'total';
  /** Undefined: every function. */
  readonly which: string | undefined;
  readonly matches: (name: string) => boolean;
  readonly above: boolean;
  /** Share of the new profile, growth in proportion, or change in percentage points. */
  readonly measure: 'share' | 'growth' | 'points';
  /** As part of 1. */
  readonly amount: number;
}

/** A rule that cannot be understood; `position` is that of the character. */
export class RuleError extends Error {
  readonly position: number;
  readonly rule: string;

  constructor(rule: string, position: number, message: string) {
    super(message);
    this.name = 'RuleError';
    this.rule = rule;
    this.position = position;
  }
}

const MOST_CHARS = 1_024;

/** @throws RuleError */
export function parseRule(text: string): Rule {
  if (text.length > MOST_CHARS) throw new RuleError(text, MOST_CHARS, 'the rule is too long');
  const parser = new RuleParser(text);
  const any = parser.word('any');
  const metric = parser.word('self') ? 'self' : parser.word('total') ? 'total' : undefined;
  if (metric === undefined) parser.fail('expected self or total');
  const which = parser.which();
  if (which === undefined && !any) parser.fail('expected (FUNCTION), or any before the rule');
  const matches = parser.matcher(which);
  const above = parser.sign('>') || (parser.sign('<') ? false : parser.fail('expected > or <'));
  const { measure, amount } = parser.amount();
  parser.end();
  return { text, any, metric: metric!, which, matches, above, measure, amount };
}

class RuleParser {
  readonly #text: string;
  #at = 0;
  #whichAt = 0;

  constructor(text: string) {
    this.#text = text;
    this.#spaces();
  }

  word(word: string): boolean {
    const next = this.#text[this.#at + word.length] ?? ' ';
    if (!this.#text.startsWith(word, this.#at) || /\w/.test(next)) return false;
    this.#at += word.length;
    this.#spaces();
    return true;
  }

  sign(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    this.#spaces();
    return true;
  }

  /** What stands in brackets; names have brackets too, `(*conn).serve`, which are counted. */
  which(): string | undefined {
    if (this.#text[this.#at] !== '(') return undefined;
    const from = this.#at + 1;
    const end = this.#text.startsWith('re:', from) ? this.#lastBracket() : this.#closing();
    if (end < 0) this.fail('the bracket is not closed');
    this.#whichAt = from;
    this.#at = end + 1;
    this.#spaces();
    const which = this.#text.slice(from, end).trim();
    if (which === '') this.fail('no function is named', from);
    return which;
  }

  matcher(which: string | undefined): (name: string) => boolean {
    if (which === undefined) return () => true;
    if (which.startsWith('re:')) {
      try {
        const pattern = new RegExp(which.slice(3));
        return (name) => pattern.test(name);
      } catch (error) {
        this.fail((error as Error).message, this.#whichAt + 3);
      }
    }
    // The file may be left out: `parseJson` is `parseJson  app` too.
    return (name) => name === which || name.startsWith(`${which}  `);
  }

  amount(): Pick<Rule, 'measure' | 'amount'> {
    const match = /^([+-]?)(\d+(?:\.\d+)?)\s*(%|pp)/.exec(this.#text.slice(this.#at));
    if (match === null) this.fail('expected an amount: 5%, +10% or +2pp');
    const [all, sign, digits, unit] = match!;
    if (sign === '' && unit === 'pp') this.fail('a change has a sign: +2pp or -2pp');
    this.#at += all.length;
    this.#spaces();
    const amount = (Number(digits) / 100) * (sign === '-' ? -1 : 1);
    const measure = unit === 'pp' ? 'points' : sign === '' ? 'share' : 'growth';
    return { measure, amount };
  }

  end(): void {
    if (this.#at < this.#text.length) this.fail('nothing more is expected');
  }

  fail(message: string, position: number = this.#at): never {
    throw new RuleError(this.#text, position, message);
  }

  #closing(): number {
    let depth = 0;
    for (let at = this.#at; at < this.#text.length; at++) {
      if (this.#text[at] === '(') depth++;
      if (this.#text[at] === ')' && --depth === 0) return at;
    }
    return -1;
  }

  /** A regular expression may hold lone brackets: its end is the last one before the comparison. */
  #lastBracket(): number {
    const rest = /\)(?=\s*[<>]\s*[+-]?[\d.]+\s*(?:%|pp)\s*$)/.exec(this.#text.slice(this.#at));
    return rest === null ? -1 : this.#at + rest.index;
  }

  #spaces(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++;
  }
}
