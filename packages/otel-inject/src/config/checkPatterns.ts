// SPDX-License-Identifier: Apache-2.0
// Patterns that can never match, or that an exclusion always beats.
import { closeSync, lstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { encodePath } from '@otelkit/core';
import { type ByteText, fromByteText, trim } from './byteText.ts';
import { type Finding, findingAt } from './findings.ts';
import { type GlobBudget, matchesGlob, newGlobBudget } from './glob.ts';
import { findKey, type KeyName } from './keys.ts';
import { INJECT_LIMITS } from './limits.ts';
import type { PathOf } from './readText.ts';
import type { Settings, SettingValue } from './settings.ts';

const PAIRS: readonly (readonly [include: KeyName, exclude: KeyName])[] = [
  ['include_paths', 'exclude_paths'],
  ['include_with_arguments', 'exclude_with_arguments'],
];

export function checkPatterns(settings: Settings, pathOf: PathOf): Finding[] {
  const findings: Finding[] = [];
  // Shared: lists of a megabyte would be compared each with each.
  const budget = newGlobBudget();
  for (const [include, exclude] of PAIRS) {
    const excluded = settings[exclude].flatMap((value) => items(value.text));
    for (const key of [include, exclude]) {
      for (const value of settings[key]) {
        for (const { pattern, at } of items(value.text)) {
          const isPath = key.endsWith('paths');
          const about =
            (isPath ? pathProblem(pattern, pathOf) : undefined) ??
            (key === include ? beaten(pattern, excluded, exclude, budget) : undefined);
          if (about === undefined) continue;
          findings.push(findingAt(findKey(key)!, shifted(value, pattern, at), about));
          if (findings.length >= INJECT_LIMITS.problems) return findings;
        }
      }
    }
  }
  return findings;
}

interface Item {
  readonly pattern: ByteText;
  /** Offset in the value. */
  readonly at: number;
}

function items(list: ByteText): Item[] {
  const found: Item[] = [];
  let at = 0;
  for (const part of list.split(',')) {
    const pattern = trim(part);
    if (pattern !== '') found.push({ pattern, at: at + part.indexOf(pattern[0]!) });
    at += part.length + 1;
  }
  return found;
}

/** The value reduced to one pattern; the column is right where nothing before it is quoted. */
function shifted({ origin }: SettingValue, pattern: ByteText, at: number): SettingValue {
  if (origin.kind !== 'file') return { text: pattern, origin };
  return { text: pattern, origin: { ...origin, column: origin.column + at } };
}

interface About {
  readonly code: string;
  readonly severity?: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
}

/** What is compared is the resolved path of the executable: absolute, without links. */
function pathProblem(pattern: ByteText, pathOf: PathOf): About | undefined {
  const shown = fromByteText(pattern);
  if (!/^[/*?]/.test(pattern)) {
    const message = `${shown} can never match: paths begin with "/"`;
    return { code: 'never-matches', message, hint: `write */${shown}` };
  }
  if (/\/\/|\/\.\.?(?:\/|$)|.\/$/.test(pattern)) {
    const message = `${shown} can never match: resolved paths hold no "//", "." or ".." and end in a name`;
    return { code: 'never-matches', message };
  }
  return /[*?]/.test(pattern) ? undefined : literalProblem(pattern, pathOf);
}

function literalProblem(path: ByteText, pathOf: PathOf): About | undefined {
  const shown = fromByteText(path);
  const hostPath = pathOf(path);
  let real: string;
  try {
    if (lstatSync(encodePath(hostPath)).isDirectory()) {
      const message = `${shown} is a directory and can never match`;
      return { code: 'never-matches', message, hint: `write ${shown}/*` };
    }
    real = realpathSync(encodePath(hostPath)).toString();
  } catch {
    const message = `${shown} does not exist`;
    return { code: 'missing-path', severity: 'warning', message };
  }
  if (real !== hostPath && pathOf('/') === '/') {
    const message = `${shown} can never match: it is a link, and the program's path is ${real}`;
    return { code: 'never-matches', message, hint: `write ${real}` };
  }
  if (!beginsAsScript(hostPath)) return undefined;
  const message = `${shown} can never match: it is a script, and its program is the interpreter`;
  return {
    code: 'never-matches',
    message,
    hint: `use include_with_arguments or exclude_with_arguments ${shown}`,
  };
}

function beginsAsScript(hostPath: string): boolean {
  try {
    const fd = openSync(encodePath(hostPath), 'r');
    try {
      const head = Buffer.alloc(2);
      return readSync(fd, head, 0, 2, 0) === 2 && head.toString('latin1') === '#!';
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}

/** An exclusion that matches whatever the inclusion does. */
function beaten(
  pattern: ByteText,
  excluded: readonly Item[],
  exclude: KeyName,
  budget: GlobBudget,
): About | undefined {
  for (const { pattern: other } of excluded) {
    if (budget.left === 0) return undefined;
    budget.left--;
    // A pattern compared as a text: `*` and `?` in it stand for themselves, so an exclusion that
    // matches it by its own `*` matches all that it stands for. `?` would not do for a `*`.
    const isCovered =
      other === pattern || (!other.includes('?') && matchesGlob(other, pattern, budget));
    if (!isCovered) continue;
    const message = `${fromByteText(pattern)} can never include anything: ${exclude} excludes ${fromByteText(other)}`;
    return { code: 'never-matches', message };
  }
  return undefined;
}
