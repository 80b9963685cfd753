// SPDX-License-Identifier: Apache-2.0
// Symbol tables of files, opened when a frame of theirs is first named. The least recently used go
// when all together take too much memory; what has been named stays named.
import { ElfFile, InputError, openVerified } from '@otelkit/core';
import { type FileSymbols, openFileSymbols } from '@otelkit/symbols';
import type { ProfiledFile } from './profiledFile.ts';

/** Names for the code of files. */
export class SymbolCache {
  readonly #maxBytes: number;
  readonly #open = new Map<ProfiledFile, FileSymbols>();
  readonly #failed = new Set<ProfiledFile>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get sizeBytes(): number {
    return this.#bytes;
  }

  /** Undefined where the file cannot be read any more. */
  of(file: ProfiledFile): FileSymbols | undefined {
    const known = this.#open.get(file);
    if (known !== undefined) {
      // Last in, last out.
      this.#open.delete(file);
      this.#open.set(file, known);
      return known;
    }
    if (this.#failed.has(file)) return undefined;
    const symbols = openSymbols(file);
    if (symbols === undefined) {
      this.#failed.add(file);
      return undefined;
    }
    this.#open.set(file, symbols);
    this.#bytes += symbols.sizeBytes;
    this.#makeRoom(file);
    return symbols;
  }

  close(): void {
    for (const symbols of this.#open.values()) symbols.close();
    this.#open.clear();
    this.#bytes = 0;
  }

  #makeRoom(newest: ProfiledFile): void {
    for (const [file, symbols] of this.#open) {
      if (this.#bytes <= this.#maxBytes) return;
      if (file === newest) continue;
      this.#bytes -= symbols.sizeBytes;
      symbols.close();
      this.#open.delete(file);
    }
  }
}

function openSymbols(file: ProfiledFile): FileSymbols | undefined {
  const { kept } = file;
  // Owned by the symbols from now on.
  file.kept = undefined;
  try {
    const source = kept ?? openVerified(`${file.root}${file.path}`, file.path);
    const path = file.isDeleted ? '' : file.path;
    return openFileSymbols(new ElfFile(source), { path, root: file.root });
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
