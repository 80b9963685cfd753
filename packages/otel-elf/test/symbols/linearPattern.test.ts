// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LinearPattern } from '../../src/symbols/linearPattern/linearPattern.ts';
import { PatternError } from '../../src/symbols/linearPattern/syntax.ts';

/**
 * Patterns made of what is supported, over few letters so that they match now and then. Shallow,
 * and texts short: the engine to compare with backtracks.
 */
const patterns = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 1, withCrossShrink: true },
    fc.constantFrom('a', 'b', '_', '.', '[ab]', '[^a]', '\\d', '\\w', '\\W', '[a-b_]', '\\.'),
    tie('pattern').map((inner) => `(${inner})`),
    tie('pattern').map((inner) => `(?:${inner})`),
  ),
  pattern: fc
    .array(
      fc.tuple(
        tie('atom'),
        fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{2,}', '*?', '|'),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((parts) => parts.map(([atom, after]) => atom + after).join('')),
})).pattern;
const texts = fc.string({ unit: fc.constantFrom('a', 'b', '_', '1', '.', 'é'), maxLength: 8 });
const anchored = fc
  .tuple(fc.constantFrom('', '^'), patterns, fc.constantFrom('', '$'))
  .map((parts) => parts.join(''));

describe('linear patterns', () => {
  it('match what the engine of the language matches', () => {
    let matched = 0;
    fc.assert(
      fc.property(anchored, fc.array(texts, { minLength: 1, maxLength: 5 }), (pattern, all) => {
        const ours = new LinearPattern(pattern);
        const theirs = new RegExp(pattern, 's');
        for (const text of all) {
          const expected = theirs.test(text);
          if (expected) matched++;
          assert.equal(ours.test(text), expected, `/${pattern}/ on ${JSON.stringify(text)}`);
        }
      }),
      { numRuns: 3000 },
    );
    assert.ok(matched > 100);
  });

  it('need linear time where backtracking needs exponential time', () => {
    const text = `${'a'.repeat(200_000)}!`;
    for (const pattern of ['^(a+)+$', '^(a|aa)+$', '^(.*a){20}b', '(a*)*b']) {
      assert.equal(new LinearPattern(pattern).test(text), false, pattern);
    }
  });

  it('stay bounded where the automaton would have exponentially many states', () => {
    const pattern = new LinearPattern('(a|b)*a(a|b){14}$');
    const expected = /(a|b)*a(a|b){14}$/;
    for (let seed = 1; seed < 300; seed++) {
      const text = Array.from({ length: 60 }, (_, i) =>
        (seed * 7919 * (i + 3)) % 11 > 5 ? 'a' : 'b',
      );
      assert.equal(pattern.test(text.join('')), expected.test(text.join('')));
    }
  });

  it('say what is not supported, and where', () => {
    const refused: readonly (readonly [string, number])[] = [
      ['(a)\\1', 3],
      ['(?=a)', 1],
      ['(?<x>a)', 1],
      ['*a', 0],
      ['a**', 2],
      ['(a', 2],
      ['a)', 1],
      ['[a', 2],
      ['[b-a]', 4],
      ['\\bword', 0],
      ['a{5000}', 7],
      ['a\\', 1],
    ];
    for (const [pattern, at] of refused) {
      assert.throws(
        () => new LinearPattern(pattern),
        (error) => error instanceof PatternError && error.at === at,
        pattern,
      );
    }
    assert.throws(() => new LinearPattern('((a{999}){999}){999}'), PatternError);
    assert.throws(() => new LinearPattern('('.repeat(100_000)), PatternError);
  });
});
