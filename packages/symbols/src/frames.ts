// SPDX-License-Identifier: Apache-2.0
import type { Diagnostic } from '@otelkit/core';

/** One function of the source at an address. Inlined calls are frames of their own. */
export interface SourceFrame {
  /** C++ and Rust names are demangled where there is a demangler; a PLT stub is `name@plt`. */
  readonly functionName: string;
  /** The linker's name, where it is another one. */
  readonly systemName?: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  readonly isInlined: boolean;
}

/** Where the names of a file come from, the best first. */
export type SymbolEvidence =
  | 'pclntab'
  | 'symtab'
  | 'debug-file'
  | 'gnu_debugdata'
  | 'dynsym'
  | 'plt'
  | 'dwarf';

/** Names for the addresses of one file. */
export interface FileSymbols {
  readonly evidence: readonly SymbolEvidence[];
  /** There is no evidence at all. */
  readonly isNameless: boolean;
  /** Parts of its debug information are missing. */
  readonly isPartial: boolean;
  /** What it answers is the best there can be: no debug information is missing. */
  readonly isFinal: boolean;
  /** Memory its tables hold, about. */
  readonly sizeBytes: number;
  /** Memory that its debug information holds now. */
  readonly lineBytes: number;
  /** Why lines of its debug information are missing. */
  readonly problem: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** What follows is asked for many addresses: found together they cost a tenth. @throws InputError */
  prepare(vaddrs: Iterable<number>): void;
  /**
   * The frames at an address of the file (an ELF virtual address, at most 2^53), innermost first;
   * empty where no function is known. For a return address ask for the byte before it.
   */
  resolve(vaddr: number): readonly SourceFrame[];
  /**
   * Why the file is no longer what was read, or undefined. Names are read from it when they are
   * asked for: those of a file that was written to since would be wrong.
   */
  changed(): string | undefined;
  /** Gives back the memory of debug information; it is read again when it is needed. */
  releaseLines(): void;
  /** Closes the file; `resolve` must not be called any more. */
  close(): void;
}

export const NO_FRAMES: readonly SourceFrame[] = [];
