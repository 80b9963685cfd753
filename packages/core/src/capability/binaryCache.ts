// SPDX-License-Identifier: Apache-2.0
import type { FileSource } from '../bytes/fileSource.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { ElfFile } from '../elf/elfFile.ts';
import { type BinaryFacts, readBinaryFacts } from './binaryFacts.ts';

/** Most files remembered; a host has some hundreds in use. */
const MAX_ENTRIES = 65_536;

/** Facts, or why there are none: a text without the path. */
export type BinaryResult =
  | { readonly facts: BinaryFacts; readonly problem?: undefined }
  | { readonly facts?: undefined; readonly problem: string; readonly errno?: string };

/** What identifies the content of a file, as long as nobody sets clocks back. */
export interface FileKey {
  readonly device: number | string;
  readonly inode: number | bigint;
  readonly modifiedMs?: number;
  readonly sizeBytes?: number;
}

/** Reads each file once. */
export class BinaryCache {
  /** How many files were really read. */
  filesRead = 0;
  bytesRead = 0;
  readonly #known = new Map<string, BinaryResult>();

  /**
   * The facts of a file that is opened only when it is not known yet.
   * @param path as the target sees it
   */
  get(key: FileKey, path: string, open: () => FileSource): BinaryResult {
    const text = `${key.device}:${key.inode}:${key.modifiedMs ?? ''}:${key.sizeBytes ?? ''}`;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const result = this.#read(path, open);
    // Being refused belongs to the process asked, not to the file.
    const isLasting = result.problem === undefined || result.errno === undefined;
    if (isLasting && this.#known.size < MAX_ENTRIES) this.#known.set(text, result);
    return result;
  }

  #read(path: string, open: () => FileSource): BinaryResult {
    let source: FileSource | undefined;
    try {
      source = open();
      this.filesRead++;
      const facts = readBinaryFacts(new ElfFile(source), path);
      this.bytesRead += source.bytesRead;
      return { facts };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { message, errno } = error;
      return errno === undefined ? { problem: message } : { problem: message, errno };
    } finally {
      source?.close();
    }
  }
}
