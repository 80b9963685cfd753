// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { compareProfiles } from '../../src/diff/compareProfiles.ts';
import { judgeRules, normalQuantile } from '../../src/diff/judgeRules.ts';
import { diffJson, renderDiffMarkdown, renderDiffText } from '../../src/diff/renderDiff.ts';
import { parseRule, RuleError } from '../../src/diff/rule.ts';
import type { Profile } from '../../src/model/profile.ts';
import { ProfileBuilder } from '../../src/model/profileBuilder.ts';

/** Samples of functions below `main`. */
function profileOf(counts: Readonly<Record<string, number>>): Profile {
  const builder = new ProfileBuilder([{ type: 'samples', unit: 'count' }]);
  const rest = { executable: '', containerId: '', serviceName: '' };
  const process = builder.process({ pid: 1, name: 'app', ...rest });
  const frame = (functionName: string): number => builder.frame({ kind: 'native', functionName });
  for (const [name, value] of Object.entries(counts)) {
    const stack = builder.stack([frame(name), frame('main')]);
    const row = { kind: 0, stack, process, threadId: 1, threadName: 0, value };
    builder.sample({ ...row, timeNs: Number.NaN, cpu: -1 });
  }
  return builder.finish(0n, 0);
}

function outcome(base: Profile, now: Profile, rule: string): string {
  return judgeRules(compareProfiles(base, now), [parseRule(rule)])[0]!.outcome;
}

/** A small generator whose numbers are the same in every run. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

describe('comparing profiles', () => {
  const base = profileOf({ parseJson: 200, render: 300, idle: 500 });

  it('compares shares, whatever the length of a run', () => {
    const twice = profileOf({ parseJson: 400, render: 600, idle: 1_000 });
    const { functions } = compareProfiles(base, twice);
    assert.ok(functions.every(({ self }) => Math.abs(self.change) < 1e-9));
    assert.ok(functions.every(({ self }) => !self.isSignificant));
  });

  it('gives the binomial error of a share', () => {
    const { functions } = compareProfiles(base, base);
    const { self } = functions.find(({ name }) => name === 'parseJson')!;
    const expected = 1.959964 * Math.sqrt((2 * 0.2 * 0.8) / 1_000);
    assert.ok(Math.abs(self.error - expected) < 1e-9, `${self.error}`);
  });

  it('breaks a rule by what is sure, and not by what chance may have made', () => {
    const grown = profileOf({ parseJson: 400, render: 300, idle: 500 });
    const little = profileOf({ parseJson: 230, render: 300, idle: 470 });
    assert.equal(outcome(base, grown, 'self(parseJson) > +10%'), 'broken');
    assert.equal(outcome(base, grown, 'self(parseJson) > +5pp'), 'broken');
    assert.equal(outcome(base, grown, 'self(parseJson) > 25%'), 'broken');
    assert.equal(outcome(base, grown, 'self(parseJson) > +80%'), 'kept');
    assert.equal(outcome(base, grown, 'any self > +5pp'), 'broken');
    assert.equal(outcome(base, grown, 'total(main) > +1pp'), 'kept');
    assert.equal(outcome(base, little, 'self(parseJson) > +10%'), 'unsure');
    assert.equal(outcome(base, base, 'self(parseJson) > +10%'), 'kept');
    assert.equal(outcome(base, base, 'self(re:^(parse|render)) > 40%'), 'broken');
    assert.equal(outcome(base, base, 'self(nothing) > 1%'), 'absent');
    assert.equal(
      outcome(base, profileOf({ fresh: 300, idle: 700 }), 'self(fresh) > +10%'),
      'broken',
    );
    assert.equal(outcome(grown, base, 'self(parseJson) < -10%'), 'broken');
  });

  it('does not find changes in runs of the same program', () => {
    const random = randoms(7);
    const sampled = (): Profile => {
      const counts: Record<string, number> = {};
      for (let i = 0; i < 2_000; i++) {
        const name = `f${Math.floor(200 * random() ** 2)}`;
        counts[name] = (counts[name] ?? 0) + 1;
      }
      return profileOf(counts);
    };
    let broken = 0;
    for (let run = 0; run < 40; run++) {
      if (outcome(sampled(), sampled(), 'any self > +0.1pp') === 'broken') broken++;
    }
    // 5 % of 40 by design; the sequence is fixed, so is the answer.
    assert.ok(broken <= 3, `${broken} of 40`);
  });

  it('renders text, Markdown and plain data, and no control characters', () => {
    const hostile = profileOf({ 'a|b`\x1b[31m': 400, parseJson: 100 });
    const comparison = compareProfiles(base, hostile);
    const verdicts = judgeRules(comparison, [parseRule('any self > +2pp')]);
    const options = { rows: 10, verdicts };
    assert.match(renderDiffText(comparison, options), /FAILED +any self > \+2pp/);
    assert.match(renderDiffMarkdown(comparison, options), /a\\\|b'\?\[31m/);
    assert.ok(!renderDiffText(comparison, options).includes('\x1b'));
    const data = JSON.parse(JSON.stringify(diffJson(comparison, options)));
    assert.equal(data.rules[0].outcome, 'broken');
    assert.equal(data.functions.length, 5);
  });

  it('knows the normal distribution', () => {
    assert.ok(Math.abs(normalQuantile(0.975) - 1.959964) < 1e-5);
    assert.ok(Math.abs(normalQuantile(0.99995) - 3.8906) < 1e-3);
  });
});

describe('rules', () => {
  it('are read as people write them', () => {
    const rule = parseRule(' any  self(re:^net/http\\.\\(\\*conn\\)) > +2.5pp ');
    assert.deepEqual(
      [rule.any, rule.metric, rule.measure, rule.above],
      [true, 'self', 'points', true],
    );
    assert.ok(Math.abs(rule.amount - 0.025) < 1e-12);
    assert.ok(rule.matches('net/http.(*conn).serve'));
    const go = parseRule('total(net/http.(*conn).serve) > 5%');
    assert.equal(go.which, 'net/http.(*conn).serve');
    assert.ok(go.matches('net/http.(*conn).serve  app'));
  });

  const wrong: readonly (readonly [string, number, RegExp])[] = [
    ['', 0, /self or total/],
    ['selfish(a) > 1%', 0, /self or total/],
    ['self(a > 1%', 4, /not closed/],
    ['self() > 1%', 5, /no function/],
    ['self > 1%', 5, /any/],
    ['self(a) = 1%', 8, /> or </],
    ['self(a) > 1', 10, /amount/],
    ['self(a) > 2pp', 10, /sign/],
    ['self(a) > 1% x', 13, /nothing more/],
    ['self(re:[) > 1%', 8, /character class/],
  ];
  for (const [text, position, message] of wrong) {
    it(`say where they are wrong: ${text || 'nothing'}`, () => {
      assert.throws(
        () => parseRule(text),
        (error: unknown) =>
          error instanceof RuleError && error.position === position && message.test(error.message),
      );
    });
  }
});
