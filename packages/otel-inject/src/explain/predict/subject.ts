// SPDX-License-Identifier: Apache-2.0
// The program image that the library would find itself in: what it reads from the initial stack
// (native/injector/src/process.zig) and from the loader's symbol tables.
import { type ByteText, basename, isLetter } from '../../config/byteText.ts';
import type { PathOf } from '../../config/readText.ts';

/** Symbols of the objects that the loader maps, in its order. */
export interface ImageSymbols {
  /** Whether some object defines it. */
  readonly has: (name: string) => boolean;
  /** File and address of the first definition, to tell two names of one object apart. */
  readonly identity: (name: string) => string | undefined;
  /** Little-endian words and strings as they stand in the file; undefined without any. */
  readonly read: (name: string, sizeBytes: number) => Buffer | undefined;
}

export interface Subject {
  readonly argv: readonly ByteText[];
  /** The path given to execve: of a script, the script. */
  readonly execfn: ByteText;
  /** The resolved executable; undefined when it cannot be told. */
  readonly executable: ByteText | undefined;
  /** Started as `ld.so program`. */
  readonly isExplicitLoader: boolean;
  readonly symbols: ImageSymbols;
  readonly machine: 'x86_64' | 'aarch64';
  /** Whether its writable data carries the marker of a .NET apphost. */
  readonly isApphost: () => boolean;
  readonly pathOf: PathOf;
  /** Whether the process's user may read or search a path; both undefined for "as we are". */
  readonly user: SubjectUser | undefined;
  /** The process, where it runs. */
  readonly pid: number | undefined;
  /** Text of /proc/PID/cgroup, for the name of its unit. */
  readonly cgroup: (() => ByteText | undefined) | undefined;
}

/** By whose rights files are judged. */
export interface SubjectUser {
  readonly uid: number;
  readonly gids: readonly number[];
}

/** What a command line runs. */
export interface Command {
  readonly kind: 'unknown' | 'program' | 'module' | 'evaluate' | 'informational';
  /** Script, module, main class, jar or assembly. */
  readonly program: ByteText;
  /** Index in argv of the first argument after the program; 0 when it is not known. */
  readonly rest: number;
}

export const UNKNOWN_COMMAND: Command = { kind: 'unknown', program: '', rest: 0 };

export function commandOf(kind: Command['kind'], program: ByteText = '', rest = 0): Command {
  return { kind, program, rest };
}

/** Whether the file started, or the name it was started by, belongs to one of the families. */
export function isNamed({ execfn, argv }: Subject, families: readonly string[]): boolean {
  const names = [basename(execfn), ...(argv[0] === undefined ? [] : [basename(argv[0])])];
  return names.some((name) => families.some((family) => isVariantOf(name, family)));
}

/** "python" accepts python3.11-dbg, but not pythonista. */
export function isVariantOf(name: ByteText, family: string): boolean {
  return name.startsWith(family) && !isLetter(name[family.length]);
}

/** The arguments that are the runtime's own. */
export function ownArguments({ argv }: Subject, { rest }: Command): readonly ByteText[] {
  return argv.slice(1, rest === 0 ? undefined : Math.max(1, rest));
}
