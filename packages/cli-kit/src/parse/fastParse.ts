// SPDX-License-Identifier: Apache-2.0
// Parses what is plainly right, in microseconds. Whatever it does not fully understand it refuses
// without an opinion: oclif, which takes a hundred milliseconds to load, then has the last word and
// all the messages. A test compares the two on random command lines.

import type { AnyCommandSpec, ArgSpec } from '../spec/command.ts';
import { allFlags } from '../spec/commonFlags.ts';
import type { FlagSpec, FlagSpecs } from '../spec/flags.ts';
import {
  type Cluster,
  type FlagTable,
  flagNamed,
  flagTable,
  negatedName,
  readCluster,
} from './flagTable.ts';
import { type ParsedValue, parseFlagValue } from './flagValue.ts';
import { rewriteSingleDash } from './singleDash.ts';

export interface Parsed {
  readonly args: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
}

type FlagState = Map<string, boolean | ParsedValue | ParsedValue[]>;

/**
 * @param argv what follows the command's name
 * @returns undefined when anything is unclear or wrong, or help is asked for
 */
export function fastParse(
  spec: AnyCommandSpec,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Parsed | undefined {
  const flags = allFlags(spec);
  if (spec.passThrough === true) {
    return argv[0] === '--help' ? undefined : { args: argv, flags: withDefaults(flags, new Map()) };
  }
  const table = flagTable(flags);
  const words = rewriteSingleDash(argv, table);
  const args: string[] = [];
  const state: FlagState = new Map();
  let i = 0;
  for (; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') break;
    if (word === '-' || word[0] !== '-') {
      args.push(word);
      continue;
    }
    const used =
      word[1] === '-'
        ? long(word, words[i + 1], table, state)
        : short(word, words[i + 1], table, state);
    if (used === 0) return undefined;
    i += used - 1;
  }
  args.push(...words.slice(i + 1));
  if (!applyEnv(flags, state, env) || !isAllowed(flags, state)) return undefined;
  if (!argsFit(spec.args, args, state)) return undefined;
  return { args, flags: withDefaults(flags, state) };
}

/** @returns how many words were used; 0 for "refused" */
function long(word: string, next: string | undefined, table: FlagTable, state: FlagState): number {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const flag = flagNamed(table, name);
  if (flag === undefined) {
    const negated = equals < 0 ? negatedName(table, name) : undefined;
    if (negated === undefined) return 0;
    state.set(negated, false);
    return 1;
  }
  if (flag.kind === 'boolean') {
    if (equals >= 0) return 0;
    state.set(name, true);
    return 1;
  }
  if (equals >= 0) return setValue(name, flag, word.slice(equals + 1), state) ? 1 : 0;
  return isValueWord(next) && setValue(name, flag, next, state) ? 2 : 0;
}

function short(word: string, next: string | undefined, table: FlagTable, state: FlagState): number {
  const cluster: Cluster | undefined = readCluster(table, word);
  if (cluster === undefined) return 0;
  for (const name of cluster.booleans) state.set(name, true);
  if (cluster.valued === undefined) return 1;
  const flag = table.flags[cluster.valued]!;
  if (cluster.value !== undefined) {
    return setValue(cluster.valued, flag, cluster.value, state) ? 1 : 0;
  }
  return isValueWord(next) && setValue(cluster.valued, flag, next, state) ? 2 : 0;
}

// `--limit --json` is more likely a forgotten value than a value: not for this parser to decide.
function isValueWord(word: string | undefined): word is string {
  return word !== undefined && (word === '-' || word[0] !== '-' || /^-\d/.test(word));
}

function setValue(name: string, flag: FlagSpec, text: string, state: FlagState): boolean {
  if (flag.kind === 'boolean') return false;
  const parsed = parseFlagValue(flag, text);
  if (!parsed.ok) return false;
  const earlier = state.get(name);
  if (flag.multiple !== true) {
    if (earlier !== undefined) return false;
    state.set(name, parsed.value);
    return true;
  }
  if (Array.isArray(earlier)) earlier.push(parsed.value);
  else state.set(name, [parsed.value]);
  return true;
}

function applyEnv(
  flags: FlagSpecs,
  state: FlagState,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  for (const name of Object.keys(flags)) {
    const flag = flags[name]!;
    if (flag.kind === 'boolean' || flag.env === undefined || state.has(name)) continue;
    const text = env[flag.env];
    // An empty variable counts as none, as oclif has it.
    if (text !== undefined && text !== '' && !setValue(name, flag, text, state)) return false;
  }
  return true;
}

function isAllowed(flags: FlagSpecs, state: FlagState): boolean {
  for (const name of state.keys()) {
    for (const other of flags[name]?.exclusive ?? []) {
      if (state.has(other)) return false;
    }
  }
  return true;
}

function argsFit(specs: readonly ArgSpec[], args: readonly string[], state: FlagState): boolean {
  const isVariadic = specs.at(-1)?.multiple === true;
  if (args.length > specs.length && !isVariadic) return false;
  for (let i = 0; i < Math.max(specs.length, args.length); i++) {
    const spec = specs[Math.min(i, specs.length - 1)]!;
    const arg = args[i];
    if (arg === undefined) {
      if (spec.required === true) return false;
      if (spec.requiredUnless !== undefined && !state.has(spec.requiredUnless)) return false;
    } else if (spec.values !== undefined && !spec.values.includes(arg)) {
      return false;
    }
  }
  return true;
}

function withDefaults(flags: FlagSpecs, state: FlagState): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(flags)) {
    const flag = flags[name]!;
    values[name] = state.get(name) ?? defaultOf(flag);
  }
  return values;
}

/** What a flag holds that was not given. */
export function defaultOf(flag: FlagSpec): unknown {
  if (flag.kind === 'boolean') return flag.negatable === true ? undefined : false;
  if (flag.multiple === true) return [];
  return flag.kind === 'address' ? undefined : flag.default;
}
