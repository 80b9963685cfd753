// SPDX-License-Identifier: Apache-2.0
// Flags as plain data: parser, help, completions, man pages and docs are all made from these.

/** What a shell can offer as the value; `file` and `dir` are completed by the shell itself. */
export type Completion = 'path' | 'file' | 'dir' | 'pid' | 'none';

interface FlagBase {
  /** One line without a full stop: what the user gets. */
  readonly summary: string;
  /** Further sentences, for the man page and the reference. */
  readonly description?: string;
  /** One letter, for `-x`. */
  readonly char?: string;
  /** Works, but is in no help text, completion or page. */
  readonly hidden?: boolean;
  /** Names of flags that cannot stand beside this one. */
  readonly exclusive?: readonly string[];
  /** The heading it is listed under; the default is the command's own flags. */
  readonly group?: string;
}

export interface BooleanFlag extends FlagBase {
  readonly kind: 'boolean';
  /** `--no-name` exists too, and the value is undefined when neither is given. */
  readonly negatable?: true;
}

interface ValueFlag extends FlagBase {
  /** What stands for the value in help, in capitals: `DIR`, `N`. */
  readonly placeholder: string;
  /** May be repeated; each use takes exactly one value. */
  readonly multiple?: true;
  /** The environment variable that gives the value where the command line does not. */
  readonly env?: string;
  readonly completion?: Completion;
}

export interface StringFlag extends ValueFlag {
  readonly kind: 'string';
  readonly default?: string;
}

export interface IntegerFlag extends ValueFlag {
  readonly kind: 'integer';
  readonly default?: number;
  /** Inclusive. */
  readonly min?: number;
  /** Inclusive. */
  readonly max?: number;
}

/** An unsigned 64-bit number, decimal or `0x…`; the value is a bigint. */
export interface AddressFlag extends ValueFlag {
  readonly kind: 'address';
}

export interface OptionFlag extends ValueFlag {
  readonly kind: 'option';
  readonly values: readonly string[];
  readonly default?: string;
}

export type FlagSpec = BooleanFlag | StringFlag | IntegerFlag | AddressFlag | OptionFlag;
export type FlagSpecs = Readonly<Record<string, FlagSpec>>;

/** One value of a flag, before `multiple` and absence are considered. */
type Single<F extends FlagSpec> = F extends IntegerFlag
  ? number
  : F extends AddressFlag
    ? bigint
    : F extends OptionFlag
      ? F['values'][number]
      : string;

/** The value a command receives for one flag. */
export type FlagValue<F extends FlagSpec> = F extends BooleanFlag
  ? F extends { readonly negatable: true }
    ? boolean | undefined
    : boolean
  : F extends { readonly multiple: true }
    ? readonly Single<F>[]
    : F extends { readonly default: string | number }
      ? Single<F>
      : Single<F> | undefined;

/** The values of all flags: booleans are false, and repeatable ones empty, when not given. */
export type FlagValues<F extends FlagSpecs> = { readonly [K in keyof F]: FlagValue<F[K]> };
