// SPDX-License-Identifier: Apache-2.0
// Flags in the style of Go's flag package (`-disable-tls`, `-collection-agent=x`, `-v=false`),
// as people type them who come from tools written in Go, rewritten to what getopt-like parsers
// know. Runs before either parser, so that both see the same words.

import { type FlagTable, flagNamed, negatedName, readCluster } from './flagTable.ts';

// What Go's strconv.ParseBool takes.
const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/**
 * Rewrites the words before `--`:
 * - `-name` and `-name=value`, where the whole name is a declared long flag, get their second dash;
 *   anything else with one dash stays a group of single letters;
 * - `--flag=true` becomes `--flag`; `--flag=false` becomes `--no-flag` where that exists, else it
 *   and what set the flag earlier are dropped, so that the last one wins as it does in Go;
 *   `--no-flag=false` is `--flag`: in Go `no-flag` may be a flag of its own;
 * - a word that is the value of the flag before it is left alone, whatever it looks like.
 *
 * Pure; an argv without such words is returned as it came.
 */
export function rewriteSingleDash(argv: readonly string[], table: FlagTable): readonly string[] {
  let words: Word[] = [];
  let i = 0;
  for (; i < argv.length && argv[i] !== '--'; i++) {
    const text = withSecondDash(argv[i]!, table);
    const truth = booleanWithValue(text, table);
    if (truth === undefined) words.push({ text, isValue: false });
    else if (truth.value) words.push({ text: `--${truth.name}`, isValue: false });
    else if (truth.negatable) words.push({ text: `--no-${truth.name}`, isValue: false });
    else words = words.flatMap((word) => withoutFlag(word, truth.name, table));
    if (takesNextWord(text, table) && i + 1 < argv.length) {
      words.push({ text: argv[i + 1]!, isValue: true });
      i++;
    }
  }
  return words.map((word) => word.text).concat(argv.slice(i));
}

interface Word {
  readonly text: string;
  readonly isValue: boolean;
}

function withSecondDash(token: string, table: FlagTable): string {
  if (token.length < 3 || token[0] !== '-' || token[1] === '-') return token;
  const equals = token.indexOf('=');
  const name = equals < 0 ? token.slice(1) : token.slice(1, equals);
  const isLong = flagNamed(table, name) !== undefined || negatedName(table, name) !== undefined;
  return isLong && name.length > 1 ? `-${token}` : token;
}

function takesNextWord(token: string, table: FlagTable): boolean {
  if (token.startsWith('--')) {
    const flag = flagNamed(table, token.slice(2));
    return flag !== undefined && flag.kind !== 'boolean';
  }
  if (token.length < 2 || token[0] !== '-') return false;
  const cluster = readCluster(table, token);
  return cluster?.valued !== undefined && cluster.value === undefined;
}

interface Truth {
  readonly name: string;
  readonly value: boolean;
  readonly negatable: boolean;
}

function booleanWithValue(token: string, table: FlagTable): Truth | undefined {
  const equals = token.indexOf('=');
  if (!token.startsWith('--') || equals < 0) return undefined;
  const given = token.slice(2, equals);
  const negated = flagNamed(table, given) === undefined ? negatedName(table, given) : undefined;
  const name = negated ?? given;
  const flag = flagNamed(table, name);
  if (flag?.kind !== 'boolean') return undefined;
  const text = token.slice(equals + 1);
  if (!TRUE.has(text) && !FALSE.has(text)) return undefined;
  const value = TRUE.has(text) === (negated === undefined);
  return { name, value, negatable: flag.negatable === true };
}

/** The word without that boolean flag: itself, shortened, or nothing. */
function withoutFlag(word: Word, name: string, table: FlagTable): readonly Word[] {
  const { text, isValue } = word;
  if (isValue || text.length < 2 || text[0] !== '-') return [word];
  if (text.startsWith('--')) return text === `--${name}` ? [] : [word];
  const char = table.flags[name]?.char;
  const cluster = char === undefined ? undefined : readCluster(table, text);
  if (char === undefined || cluster === undefined) return [word];
  const letters = text.slice(0, 1 + cluster.booleans.length).replaceAll(char, '');
  const shortened = letters + text.slice(1 + cluster.booleans.length);
  return shortened === '-' ? [] : [{ text: shortened, isValue }];
}
