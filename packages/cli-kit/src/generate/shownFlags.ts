// SPDX-License-Identifier: Apache-2.0
// The registry as the generators walk it.

import type { AnyCommandSpec, ArgSpec } from '../spec/command.ts';
import { allFlags } from '../spec/commonFlags.ts';
import type { Completion, FlagSpec } from '../spec/flags.ts';

export interface ShownFlag {
  readonly name: string;
  readonly flag: FlagSpec;
  /** Every way to write it: `-r`, `--recursive`, `--no-progress`. */
  readonly spellings: readonly string[];
}

const HELP: FlagSpec = { kind: 'boolean', char: 'h', summary: 'show help' };

/** All flags of a command but hidden ones, its own first, `--help` last. */
export function shownFlags(spec: AnyCommandSpec): readonly ShownFlag[] {
  const declared = Object.entries({ ...allFlags(spec), help: HELP });
  return declared
    .filter(([, flag]) => flag.hidden !== true)
    .map(([name, flag]) => ({ name, flag, spellings: spellingsOf(name, flag) }));
}

function spellingsOf(name: string, flag: FlagSpec): readonly string[] {
  const long = flag.kind === 'boolean' && flag.negatable === true ? [`--no-${name}`] : [];
  const short = flag.char === undefined ? [] : [`-${flag.char}`];
  return [...short, `--${name}`, ...long];
}

/** What a shell offers for a value: words, or a kind of thing it finds itself. */
export interface Offer {
  readonly words: readonly string[];
  readonly completion: Completion;
}

export function offerForFlag(flag: FlagSpec): Offer {
  if (flag.kind === 'boolean') return { words: [], completion: 'none' };
  if (flag.kind === 'option') return { words: flag.values, completion: 'none' };
  return { words: [], completion: flag.completion ?? 'none' };
}

/** What can stand where arguments do; with several arguments the last one's. */
export function offerForArgs(args: readonly ArgSpec[]): Offer {
  const last = args.at(-1);
  return { words: last?.values ?? [], completion: last?.completion ?? 'none' };
}

/** How help writes it: `-r, --recursive`, `--root DIR`, `--[no-]progress`. */
export function flagTitle({ name, flag }: ShownFlag): string {
  const short = flag.char === undefined ? '' : `-${flag.char}, `;
  if (flag.kind === 'boolean') {
    return `${short}--${flag.negatable === true ? '[no-]' : ''}${name}`;
  }
  return `${short}--${name} ${flag.placeholder}`;
}

/** What else is to be said of it, in brackets: values, default, variable, repeatable. */
export function flagNotes(flag: FlagSpec): string {
  if (flag.kind === 'boolean') return '';
  const notes = [
    flag.kind === 'option' ? `one of ${flag.values.join(', ')}` : undefined,
    rangeOf(flag),
    'default' in flag && flag.default !== undefined ? `default ${flag.default}` : undefined,
    flag.env === undefined ? undefined : `environment ${flag.env}`,
    flag.multiple === true ? 'repeatable' : undefined,
  ].filter((note) => note !== undefined);
  return notes.length === 0 ? '' : `(${notes.join('; ')})`;
}

function rangeOf(flag: FlagSpec): string | undefined {
  if (flag.kind !== 'integer') return undefined;
  if (flag.min !== undefined && flag.max !== undefined) return `${flag.min} to ${flag.max}`;
  return flag.min === undefined ? undefined : `at least ${flag.min}`;
}

/** `otel-elf inspect [FLAGS] [PATH...]` */
export function synopsis(bin: string, spec: AnyCommandSpec): string {
  const args = spec.args.map(({ name, multiple, required }) => {
    const shown = multiple === true ? `${name}...` : name;
    return required === true ? shown : `[${shown}]`;
  });
  return [bin, spec.id, '[FLAGS]', ...args].join(' ');
}
