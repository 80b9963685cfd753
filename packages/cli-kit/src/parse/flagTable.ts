// SPDX-License-Identifier: Apache-2.0
import type { FlagSpec, FlagSpecs } from '../spec/flags.ts';

/** Flags by the ways they can be written. */
export interface FlagTable {
  readonly flags: FlagSpecs;
  readonly nameByChar: ReadonlyMap<string, string>;
}

export function flagTable(flags: FlagSpecs): FlagTable {
  const nameByChar = new Map<string, string>();
  for (const name of Object.keys(flags)) {
    const char = flags[name]!.char;
    if (char !== undefined) nameByChar.set(char, name);
  }
  return { flags, nameByChar };
}

/** The flag of that long name; never a member of Object.prototype. */
export function flagNamed(table: FlagTable, name: string): FlagSpec | undefined {
  return Object.hasOwn(table.flags, name) ? table.flags[name] : undefined;
}

/** What `--no-name` negates: the flag's name, or undefined when there is no such flag. */
export function negatedName(table: FlagTable, longName: string): string | undefined {
  if (!longName.startsWith('no-')) return undefined;
  const name = longName.slice(3);
  const flag = flagNamed(table, name);
  return flag?.kind === 'boolean' && flag.negatable === true ? name : undefined;
}

/** What a group of single letters means: `-abc`, `-ofoo`, `-o=foo`, `-abo` with the value next. */
export interface Cluster {
  readonly booleans: readonly string[];
  /** The flag that takes the rest of the group, or the next word, as its value. */
  readonly valued?: string;
  /** Undefined when the value is the next word. */
  readonly value?: string;
}

/** @returns undefined when a letter is not declared */
export function readCluster(table: FlagTable, token: string): Cluster | undefined {
  const booleans: string[] = [];
  for (let i = 1; i < token.length; i++) {
    const name = table.nameByChar.get(token[i]!);
    if (name === undefined) return undefined;
    if (table.flags[name]!.kind === 'boolean') {
      booleans.push(name);
      continue;
    }
    const rest = token.slice(i + 1);
    if (rest === '') return { booleans, valued: name };
    return { booleans, valued: name, value: rest.startsWith('=') ? rest.slice(1) : rest };
  }
  return { booleans };
}
