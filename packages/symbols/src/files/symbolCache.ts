// SPDX-License-Identifier: Apache-2.0
// Symbol tables of many files within one amount of memory: the least recently used go first.
import { type ByteSource, ElfFile, InputError, openVerified } from '@otelkit/core';
import type { Demangler } from '../demangle/demangler.ts';
import type { DwarfModule } from '../dwarf/dwarfModule.ts';
import type { FileSymbols } from '../frames.ts';
import { SYMBOL_LIMITS } from '../limits.ts';
import { openFileSymbols } from './fileSymbols.ts';

/** A file whose addresses are asked for. Plain data: it can be sent to a worker. */
export interface SymbolFile {
  /** What makes it this file and no other: build ID, or device, inode and time. */
  readonly key: string;
  /** What is opened: a path, or /proc/PID/map_files/… for one whose name is gone. */
  readonly openPath: string;
  /** Path as its process sees it, for debug files; '' where it has none. */
  readonly path: string;
  /** Root directory of that process (/proc/PID/root); '' for our own. */
  readonly root: string;
  readonly debugDirectories?: readonly string[];
  /**
   * What its content is known by, and that of no other file: answers are kept on disk under it. Letters
   * and digits; nothing is kept without.
   */
  readonly content?: string;
  /** False: function names only. */
  readonly lines?: boolean;
}

export interface SymbolCacheOptions {
  readonly mostBytes?: number;
  readonly mostFiles?: number;
  readonly demangler?: Demangler;
  /** For lines and inlined calls of native code. */
  readonly dwarf?: DwarfModule;
  /** Opens a file otherwise than by its `openPath`. @throws InputError */
  readonly open?: (file: SymbolFile) => ByteSource;
}

/** What a file gave. */
export interface CachedSymbols {
  /** Undefined where the file could not be read. */
  readonly symbols: FileSymbols | undefined;
  /** Why there are no names, or which are missing; one sentence. */
  readonly problem: string | undefined;
}

/** See the file's head. A file that could not be read is not tried again under the same key. */
export class SymbolCache {
  readonly #mostBytes: number;
  readonly #mostFiles: number;
  readonly #demangler: Demangler | undefined;
  readonly #dwarf: DwarfModule | undefined;
  readonly #openSource: (file: SymbolFile) => ByteSource;
  /** Oldest use first. */
  readonly #files = new Map<string, CachedSymbols>();
  readonly #failures = new Map<string, string>();

  constructor(options: SymbolCacheOptions = {}) {
    this.#mostBytes = options.mostBytes ?? SYMBOL_LIMITS.cacheBytes;
    this.#mostFiles = options.mostFiles ?? SYMBOL_LIMITS.cachedFiles;
    this.#demangler = options.demangler;
    this.#dwarf = options.dwarf;
    this.#openSource = options.open ?? ((file) => openVerified(file.openPath, file.path));
  }

  /** Memory held, about. */
  get sizeBytes(): number {
    let sum = 0;
    for (const { symbols } of this.#files.values()) sum += symbols?.sizeBytes ?? 0;
    return sum;
  }

  /** Memory held by debug information. */
  get lineBytes(): number {
    let sum = 0;
    for (const { symbols } of this.#files.values()) sum += symbols?.lineBytes ?? 0;
    return sum;
  }

  get fileCount(): number {
    return this.#files.size;
  }

  /** The symbols of a file, read when they are not there. Never throws for what a file holds. */
  get(file: SymbolFile): CachedSymbols {
    const known = this.#files.get(file.key);
    if (known !== undefined) {
      const change = known.symbols?.changed();
      if (change === undefined) {
        this.#files.delete(file.key);
        this.#files.set(file.key, known);
        this.#makeRoom();
        return known;
      }
      this.#drop(file.key);
      this.#noteFailure(file.key, change);
    }
    const failure = this.#failures.get(file.key);
    if (failure !== undefined) return { symbols: undefined, problem: failure };
    try {
      const elf = new ElfFile(this.#openSource(file));
      const symbols = openFileSymbols(
        elf,
        file,
        this.#demangler,
        file.lines === false ? undefined : this.#dwarf,
      );
      const entry = { symbols, problem: problemOf(symbols) };
      this.#files.set(file.key, entry);
      this.#makeRoom();
      return entry;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#noteFailure(file.key, error.message);
      return { symbols: undefined, problem: error.message };
    }
  }

  /**
   * To be called after look-ups: gives back debug information beyond `mostBytes`, the least recently
   * used first. What was asked for last stays, however large it is, unless nothing may stay.
   */
  releaseLines(mostBytes: number = SYMBOL_LIMITS.lineBytes): void {
    let held = this.lineBytes;
    let left = this.#files.size;
    for (const { symbols } of this.#files.values()) {
      const isLast = --left === 0;
      if (mostBytes > 0 && (held <= mostBytes || isLast)) return;
      held -= symbols?.lineBytes ?? 0;
      symbols?.releaseLines();
    }
  }

  /** Closes every file. */
  clear(): void {
    for (const key of this.#files.keys()) this.#drop(key);
    this.#failures.clear();
  }

  /** What was asked for last stays, however large it is. */
  #makeRoom(): void {
    let { sizeBytes } = this;
    for (const [key, { symbols }] of this.#files) {
      const isFull = sizeBytes > this.#mostBytes || this.#files.size > this.#mostFiles;
      if (!isFull || this.#files.size === 1) return;
      sizeBytes -= symbols?.sizeBytes ?? 0;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    const symbols = this.#files.get(key)?.symbols;
    this.#files.delete(key);
    symbols?.close();
  }

  #noteFailure(key: string, message: string): void {
    this.#failures.set(key, message);
    if (this.#failures.size <= SYMBOL_LIMITS.failedFiles) return;
    for (const oldest of this.#failures.keys()) {
      this.#failures.delete(oldest);
      return;
    }
  }
}

function problemOf(symbols: FileSymbols): string | undefined {
  const [first] = symbols.diagnostics;
  if (first !== undefined) return `${first.field}: ${first.message}`;
  if (symbols.problem !== undefined) return symbols.problem;
  return symbols.isNameless ? 'stripped: no symbol table, and no debug file' : undefined;
}
