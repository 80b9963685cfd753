// SPDX-License-Identifier: Apache-2.0
// The part of regular-expression syntax that can be matched in linear time: no back-references, no
// look-around. Symbols come from files that others made, and a backtracking engine can be kept busy
// for years by a name of forty letters.

/** Inclusive ranges of UTF-16 code units, ascending: [first, last, first, last, …]. */
export type CharSet = readonly number[];

export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly min: number; readonly max: number };

/** A pattern outside of the syntax. `at` is the offset in the pattern. */
export class PatternError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'PatternError';
    this.at = at;
  }
}

const LAST = 0xffff;
const DIGIT: CharSet = [0x30, 0x39];
const WORD: CharSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
const SPACE: CharSet = [0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0];
const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  D: invert(DIGIT),
  w: WORD,
  W: invert(WORD),
  s: SPACE,
  S: invert(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };
const MOST_REPEATS = 1000;
const DEEPEST_GROUP = 200;

/** @throws PatternError */
export function parsePattern(pattern: string): Node {
  const parser = new Parser(pattern);
  const node = parser.choice();
  parser.expectEnd();
  return node;
}

function invert(set: CharSet): CharSet {
  const result: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) result.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= LAST) result.push(next, LAST);
  return result;
}

/** Sorts and joins ranges. */
function normalize(ranges: readonly number[]): CharSet {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i]!, ranges[i + 1]!]);
  pairs.sort((a, b) => a[0] - b[0]);
  const result: number[] = [];
  for (const [first, last] of pairs) {
    const end = result.length - 1;
    if (end > 0 && first <= result[end]! + 1) result[end] = Math.max(result[end]!, last);
    else result.push(first, last);
  }
  return result;
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  expectEnd(): void {
    if (this.#at < this.#text.length) throw this.#error('unmatched )');
  }

  choice(): Node {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at]!)) {
      parts.push(this.#repeated(this.#atom()));
    }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  #atom(): Node {
    const character = this.#text[this.#at++]!;
    if (character === '^') return { kind: 'start' };
    if (character === '$') return { kind: 'end' };
    if (character === '.') return { kind: 'set', set: [0, LAST] };
    if (character === '(') return this.#group();
    if (character === '[') return { kind: 'set', set: this.#bracket() };
    if ('*+?'.includes(character)) throw this.#error('nothing to repeat', -1);
    if (character === '\\') return { kind: 'set', set: this.#escape() };
    const unit = character.charCodeAt(0);
    return { kind: 'set', set: [unit, unit] };
  }

  #group(): Node {
    if (this.#take('?') && !this.#take(':')) {
      throw this.#error('look-around and named groups are not supported', -1);
    }
    if (++this.#depth > DEEPEST_GROUP) throw this.#error('groups are nested too deeply');
    const node = this.choice();
    if (!this.#take(')')) throw this.#error('missing )');
    this.#depth--;
    return node;
  }

  #repeated(of: Node): Node {
    const bounds = this.#quantifier();
    if (bounds === undefined) return of;
    if (of.kind === 'start' || of.kind === 'end') throw this.#error('nothing to repeat', -1);
    // Whether a match is long or short is all the same when only its existence counts.
    this.#take('?');
    if (this.#quantifier() !== undefined) throw this.#error('nothing to repeat', -1);
    return { kind: 'repeat', of, min: bounds[0], max: bounds[1] };
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#take('?')) return [0, 1];
    const counted = /^\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/.exec(
      this.#text.slice(this.#at, this.#at + 24),
    );
    if (counted === null) return undefined;
    this.#at += counted[0].length;
    const min = Number(counted[1]);
    const max =
      counted[2] === undefined ? min : counted[3] === undefined ? Infinity : Number(counted[3]);
    if (min > MOST_REPEATS || (max !== Infinity && max > MOST_REPEATS)) {
      throw this.#error(`more than ${MOST_REPEATS} repetitions`);
    }
    if (max < min) throw this.#error('the upper bound is below the lower one');
    return [min, max];
  }

  /** What follows a backslash. */
  #escape(): CharSet {
    const character = this.#text[this.#at++];
    if (character === undefined) throw this.#error('ends in a backslash', -2);
    const named = CLASSES[character];
    if (named !== undefined) return named;
    const control = CONTROLS[character];
    if (control !== undefined) return [control, control];
    if (character === 'x') return this.#hexadecimal(2);
    if (character === 'u') return this.#hexadecimal(4);
    if (/[A-Za-z1-9]/.test(character)) {
      throw this.#error(`\\${character} is not supported`, -2);
    }
    const unit = character.charCodeAt(0);
    return [unit, unit];
  }

  #hexadecimal(digits: number): CharSet {
    const text = this.#text.slice(this.#at, this.#at + digits);
    if (text.length < digits || !/^[0-9a-f]+$/i.test(text)) {
      throw this.#error(`expected ${digits} hexadecimal digits`);
    }
    this.#at += digits;
    const unit = Number.parseInt(text, 16);
    return [unit, unit];
  }

  #bracket(): CharSet {
    const isInverted = this.#take('^');
    const ranges: number[] = [];
    while (!this.#take(']')) {
      if (this.#at >= this.#text.length) throw this.#error('missing ]');
      const first = this.#bracketItem();
      const isRange =
        first.length === 2 &&
        first[0] === first[1] &&
        this.#text[this.#at] === '-' &&
        this.#text[this.#at + 1] !== ']' &&
        this.#at + 1 < this.#text.length;
      if (!isRange) {
        ranges.push(...first);
        continue;
      }
      this.#at++;
      const last = this.#bracketItem();
      if (last.length !== 2 || last[0] !== last[1] || last[0]! < first[0]!) {
        throw this.#error('bad range');
      }
      ranges.push(first[0]!, last[0]!);
    }
    const set = normalize(ranges);
    return isInverted ? invert(set) : set;
  }

  #bracketItem(): CharSet {
    const character = this.#text[this.#at++]!;
    if (character === '\\') return this.#escape();
    const unit = character.charCodeAt(0);
    return [unit, unit];
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #error(message: string, shift = 0): PatternError {
    return new PatternError(message, this.#at + shift);
  }
}
