// SPDX-License-Identifier: Apache-2.0
// Which programs the administrator wants injected (native/injector/src/filters.zig), and by which
// rule. Settings that include are joined by AND, patterns of one setting by OR, exclusion wins.
import { maskText } from '@otelkit/core';
import { type ByteText, fromByteText, trim } from './byteText.ts';
import { type GlobBudget, matchesGlob, newGlobBudget } from './glob.ts';
import type { KeyName } from './keys.ts';
import { type Origin, originText, type Settings } from './settings.ts';

/** What filters look at. */
export interface Filtered {
  readonly argv: readonly ByteText[];
  /** Asked for only where a setting of paths is there; undefined when it cannot be told. */
  readonly path: () => ByteText | undefined;
}

/** One setting's part in the decision. */
export interface FilterRule {
  readonly key: KeyName;
  readonly outcome: 'excludes' | 'includes' | 'does-not-match' | 'undecidable';
  /** The pattern that matched, what it matched (secrets in arguments masked), where it stands. */
  readonly pattern?: string;
  readonly matched?: string;
  readonly origin?: Origin;
}

export interface FilterDecision {
  readonly isExcluded: boolean;
  readonly rules: readonly FilterRule[];
}

const ORDER = [
  'exclude_paths',
  'include_paths',
  'exclude_with_arguments',
  'include_with_arguments',
] as const;

/** Decides and tells the rules in the order in which they were looked at. */
export function filterDecision(settings: Settings, filtered: Filtered): FilterDecision {
  const budget = newGlobBudget();
  const rules: FilterRule[] = [];
  const excluded = { isExcluded: true, rules };
  for (const key of ORDER) {
    if (settings[key].length === 0) continue;
    const subjects = subjectsOf(key, filtered);
    if (subjects === undefined) {
      rules.push({ key, outcome: 'undecidable' });
      return excluded;
    }
    const match = firstMatch(settings, key, subjects, budget);
    const isExclude = key.startsWith('exclude');
    if (match !== undefined) rules.push({ ...match, outcome: isExclude ? 'excludes' : 'includes' });
    else rules.push({ key, outcome: 'does-not-match' });
    if (isExclude ? match !== undefined : match === undefined) return excluded;
  }
  return { isExcluded: budget.left === 0, rules };
}

function subjectsOf(key: KeyName, filtered: Filtered): readonly ByteText[] | undefined {
  if (!key.endsWith('paths')) return filtered.argv.slice(1);
  const path = filtered.path();
  return path === undefined ? undefined : [path];
}

function firstMatch(
  settings: Settings,
  key: KeyName,
  subjects: readonly ByteText[],
  budget: GlobBudget,
): Omit<FilterRule, 'outcome'> | undefined {
  for (const subject of subjects) {
    for (const { text, origin } of settings[key]) {
      for (const item of text.split(',')) {
        const pattern = trim(item);
        if (pattern === '' || !matchesGlob(pattern, subject, budget)) continue;
        const text = fromByteText(subject);
        const matched = key.endsWith('arguments') ? maskText(text) : text;
        return { key, pattern: fromByteText(pattern), matched, origin };
      }
    }
  }
  return undefined;
}

/** One sentence about a rule. */
export function ruleText({ key, outcome, pattern, matched, origin }: FilterRule): string {
  const where = origin === undefined ? '' : ` (${originText(origin)})`;
  if (outcome === 'excludes') return `${key} excludes it: ${pattern} matches ${matched}${where}`;
  if (outcome === 'includes') return `${key} includes it: ${pattern} matches ${matched}${where}`;
  if (outcome === 'undecidable') return `${key} is set, and the program's path cannot be told`;
  return key.startsWith('include')
    ? `no pattern of ${key} matches, so it is not included`
    : `no pattern of ${key} matches`;
}
