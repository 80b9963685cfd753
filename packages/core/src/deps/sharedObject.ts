// SPDX-License-Identifier: Apache-2.0
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { DF_1, ET } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { ElfHeader } from '../elf/types.ts';
import { type DlopenEntry, readDlopenEntries } from './dlopenEntries.ts';
import { type DynamicStrings, readDynamicStrings } from './dynamicStrings.ts';
import { readInterpreter } from './interpreter.ts';
import { abiMismatch } from './machineAbi.ts';

/** What the loader needs to know of one file. The file itself may be closed again. */
export class SharedObject {
  readonly header: ElfHeader;
  readonly strings: DynamicStrings;
  readonly interpreter: string | undefined;
  readonly hasDynamic: boolean;
  /** Set-user-ID or set-group-ID: the loader runs in its secure mode (AT_SECURE). */
  readonly isSetId: boolean;
  /** `device:inode`, by which loaders recognise a file under another name. */
  readonly identity: string;
  /** Entries of `.note.dlopen`, where they were asked for. */
  readonly dlopen: readonly DlopenEntry[];
  readonly diagnostics: readonly Diagnostic[];
  readonly #resolvePath: () => string;
  #realpath: string | undefined;

  /** Takes from an open file what resolving needs. */
  constructor(elf: ElfFile, origin: ObjectOrigin) {
    const from = elf.diagnostics.list.length;
    this.header = elf.header;
    this.strings = readDynamicStrings(elf);
    this.interpreter = readInterpreter(elf);
    this.hasDynamic = elf.dynamic !== undefined;
    this.isSetId = (origin.mode & S_ISUID_ISGID) !== 0;
    this.identity = origin.identity;
    this.dlopen = origin.wantsDlopen ? readDlopenEntries(elf) : NO_ENTRIES;
    this.diagnostics = elf.diagnostics.list.slice(from);
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
  readonly wantsDlopen: boolean;
}

const NO_ENTRIES: readonly DlopenEntry[] = [];
const S_ISUID_ISGID = 0o6000;

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
export function whyUnsuitable(main: ElfHeader, candidate: ElfHeader): Unsuitable | undefined {
  const mismatch = abiMismatch(main, candidate);
  if (mismatch !== undefined) return mismatch;
  if (candidate.elfType !== ET.DYN && candidate.elfType !== ET.EXEC) {
    return { reason: 'is neither a shared object nor an executable', skipped: false };
  }
  return undefined;
}
