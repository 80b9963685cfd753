// SPDX-License-Identifier: Apache-2.0
// Whether rules are broken: only where sampling error does not explain it. Each rule is a bound on
// `now − a·base − b`; it is broken where even the favourable end of the error lies beyond.
import type { Comparison } from './compareProfiles.ts';
import type { Weight } from './functionShares.ts';
import type { Rule } from './rule.ts';

export interface Finding {
  /** Function or pattern. */
  readonly subject: string;
  readonly base: number;
  readonly now: number;
  /** Half of the 95 % interval of what the rule compares, as part of 1. */
  readonly error: number;
}

export interface Verdict {
  readonly rule: Rule;
  /** `unsure`: beyond the bound, but chance could explain it; record for longer. */
  readonly outcome: 'kept' | 'broken' | 'unsure' | 'absent';
  /** What broke it, or may have; the worst first, or what was looked at. */
  readonly findings: readonly Finding[];
}

const MOST_FINDINGS = 20;
const ALPHA = 0.05;

export function judgeRules(comparison: Comparison, rules: readonly Rule[]): Verdict[] {
  return rules.map((rule) => judge(comparison, rule));
}

interface Looked extends Finding {
  /** How far beyond the bound, in its direction. */
  readonly excess: number;
}

function judge(comparison: Comparison, rule: Rule): Verdict {
  const subjects = subjectsOf(comparison, rule);
  // Of a thousand functions, fifty are beyond 95 % by chance: the level is shared among them.
  const z = normalQuantile(1 - ALPHA / 2 / Math.max(1, subjects.length));
  const looked = subjects.map((subject) => look(comparison, rule, subject, z));
  looked.sort((a, b) => b.excess - b.error - (a.excess - a.error));
  const isSeen = looked.some(({ base, now }) => base > 0 || now > 0);
  if (!isSeen) return { rule, outcome: 'absent', findings: [] };
  const broken = looked.filter(({ excess, error }) => excess > error);
  if (broken.length > 0) return { rule, outcome: 'broken', findings: found(broken) };
  const unsure = looked.filter(({ excess }) => excess > 0);
  if (unsure.length === 0) return { rule, outcome: 'kept', findings: found(looked.slice(0, 1)) };
  // Small functions always have some that may be anything.
  return { rule, outcome: rule.any ? 'kept' : 'unsure', findings: found(unsure) };
}

interface Subject {
  readonly name: string;
  readonly base: Weight;
  readonly now: Weight;
}

const NOTHING: Weight = { weight: 0, squares: 0 };

function subjectsOf({ base, now }: Comparison, rule: Rule): Subject[] {
  const { metric, matches } = rule;
  if (!rule.any) {
    const group = { base: base.group(metric, matches), now: now.group(metric, matches) };
    return [{ name: rule.which ?? 'all', ...group }];
  }
  const before = new Map(base.names.map((name, i) => [name, base[metric][i]!]));
  const after = new Map(now.names.map((name, i) => [name, now[metric][i]!]));
  return [...new Set([...before.keys(), ...after.keys()])].filter(matches).map((name) => ({
    name,
    base: before.get(name) ?? NOTHING,
    now: after.get(name) ?? NOTHING,
  }));
}

function look({ base, now }: Comparison, rule: Rule, subject: Subject, z: number): Looked {
  const before = base.share(subject.base);
  const after = now.share(subject.now);
  const { measure, amount, above } = rule;
  const a = measure === 'share' ? 0 : measure === 'growth' ? 1 + amount : 1;
  const b = measure === 'growth' ? 0 : amount;
  const beyond = after.share - a * before.share - b;
  return {
    subject: subject.name,
    base: before.share,
    now: after.share,
    excess: above ? beyond : -beyond,
    error: z * Math.sqrt(after.variance + a * a * before.variance),
  };
}

function found(looked: readonly Looked[]): Finding[] {
  return looked
    .slice(0, MOST_FINDINGS)
    .map(({ subject, base, now, error }) => ({ subject, base, now, error }));
}

/** Of the standard normal distribution, by bisection of the error function's series bound. */
export function normalQuantile(probability: number): number {
  let low = 0;
  let high = 10;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17: error below 7.5e-8. */
function normalBelow(x: number): number {
  const t = 1 / (1 + 0.2316419 * x);
  const tail =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * tail;
}
