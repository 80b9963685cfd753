// SPDX-License-Identifier: Apache-2.0
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { DF_1, ET } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { ElfHeader } from '../elf/types.ts';
import { type DlopenEntry, readDlopenEntries } from './dlopenEntries.ts';
import { type DynamicStrings, readDynamicStrings } from './dynamicStrings.ts';
import { readInterpreter } from './interpreter.ts';
import { abiMismatch } from './machineAbi.ts';

/** Of the ELF header, what decides whether a loader takes the file. */
export type ObjectHeader = Pick<ElfHeader, 'class' | 'data' | 'machine' | 'flags' | 'elfType'>;

/** What the loader needs to know of one file, out of the file itself. */
export interface LoaderFacts {
  readonly header: ObjectHeader;
  readonly strings: DynamicStrings;
  readonly interpreter: string | undefined;
  readonly hasDynamic: boolean;
  /** Entries of `.note.dlopen`, where they were asked for. */
  readonly dlopen: readonly DlopenEntry[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Takes from an open file what resolving needs. */
export function loaderFacts(elf: ElfFile, wantsDlopen: boolean): LoaderFacts {
  const from = elf.diagnostics.list.length;
  return {
    header: elf.header,
    strings: readDynamicStrings(elf),
    interpreter: readInterpreter(elf),
    hasDynamic: elf.dynamic !== undefined,
    dlopen: wantsDlopen ? readDlopenEntries(elf) : NO_ENTRIES,
    diagnostics: elf.diagnostics.list.slice(from),
  };
}

/** What the loader needs to know of one file. The file itself may be closed again. */
export class SharedObject implements LoaderFacts {
  readonly header: ObjectHeader;
  readonly strings: DynamicStrings;
  readonly interpreter: string | undefined;
  readonly hasDynamic: boolean;
  /** Set-user-ID or set-group-ID: the loader runs in its secure mode (AT_SECURE). */
  readonly isSetId: boolean;
  /** `device:inode`, by which loaders recognise a file under another name. */
  readonly identity: string;
  readonly dlopen: readonly DlopenEntry[];
  readonly diagnostics: readonly Diagnostic[];
  readonly #resolvePath: () => string;
  #realpath: string | undefined;

  constructor(facts: LoaderFacts, origin: ObjectOrigin) {
    this.header = facts.header;
    this.strings = facts.strings;
    this.interpreter = facts.interpreter;
    this.hasDynamic = facts.hasDynamic;
    this.dlopen = facts.dlopen;
    this.diagnostics = facts.diagnostics;
    this.isSetId = isSetIdMode(origin.mode);
    this.identity = origin.identity;
    this.#resolvePath = origin.resolvePath;
  }

  /** The path inside the root with every symbolic link resolved. */
  get realpath(): string {
    this.#realpath ??= this.#resolvePath();
    return this.#realpath;
  }
}

export interface ObjectOrigin {
  readonly identity: string;
  /** Called once, and only when somebody asks. */
  readonly resolvePath: () => string;
  readonly mode: number;
}

const NO_ENTRIES: readonly DlopenEntry[] = [];
const S_ISUID_ISGID = 0o6000;

/** Set-user-ID or set-group-ID. */
export function isSetIdMode(mode: number): boolean {
  return (mode & S_ISUID_ISGID) !== 0;
}

/** The search path by which glibc goes: RPATH does not count beside a RUNPATH. */
export function effectiveRpath(strings: DynamicStrings): string | undefined {
  return strings.runpath === undefined ? strings.rpath : undefined;
}

/** DF_1_NODEFLIB: the default directories do not count for what this file needs. */
export function hasNodeflib(strings: DynamicStrings): boolean {
  return (strings.flags1 & DF_1.NODEFLIB) !== 0;
}

export interface Unsuitable {
  readonly reason: string;
  /** glibc goes on to the next directory; otherwise loading ends here with an error. */
  readonly skipped: boolean;
}

/** Why the loader of `main` would not map `candidate`; undefined when it would. */
export function whyUnsuitable(main: ObjectHeader, candidate: ObjectHeader): Unsuitable | undefined {
  const mismatch = abiMismatch(main, candidate);
  if (mismatch !== undefined) return mismatch;
  if (candidate.elfType !== ET.DYN && candidate.elfType !== ET.EXEC) {
    return { reason: 'is neither a shared object nor an executable', skipped: false };
  }
  return undefined;
}
