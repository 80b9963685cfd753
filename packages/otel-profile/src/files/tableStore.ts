// SPDX-License-Identifier: Apache-2.0
// Where unwind tables come from: the cache on disk, else a worker that makes them.
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ElfFile } from '@otelkit/core';
import {
  openCachedTable,
  readTableFile,
  type TableReader,
  UnwindTables as Tables,
  type UnwindTables,
} from '@otelkit/unwind';
import { PROFILE_LIMITS } from '../limits.ts';
import { workerFile } from '../workers/workerFile.ts';
import type { ProfiledFile } from './profiledFile.ts';

/** An unwind table: a file of the disk cache, or its bytes where nothing can be cached. */
export interface StoredTable {
  readonly path: string | undefined;
  readonly bytes: Uint8Array | undefined;
}

interface KeptReader {
  readonly reader: TableReader;
  readonly sizeBytes: number;
}

/** Tables for the kernel side, and for the unwinder of this side. */
export class TableStore {
  readonly tables: UnwindTables;
  /** Of the cache. */
  readonly folder: string;
  readonly #readers = new Map<ProfiledFile, KeptReader>();
  #readerBytes = 0;

  constructor(cacheFolder: string) {
    this.folder = cacheFolder;
    const worker = workerFile('tableWorker');
    this.tables = new Tables({ cacheFolder, workerFile: worker ?? null });
  }

  /** Undefined for files without code or of another machine. @throws Error */
  async tableOf(elf: ElfFile): Promise<StoredTable | undefined> {
    return this.tables.tableFor(elf);
  }

  /** The table of a file that is ready, for the model unwinder; undefined where it went away. */
  reader(file: ProfiledFile): TableReader | undefined {
    const known = this.#readers.get(file);
    if (known !== undefined) {
      // Oldest use first.
      this.#readers.delete(file);
      this.#readers.set(file, known);
      return known.reader;
    }
    const { tablePath, tableBytes } = file;
    const bytes = tablePath === undefined ? tableBytes : readTableFile(tablePath);
    // Both were made here.
    const reader = bytes === undefined ? undefined : openCachedTable(bytes);
    if (bytes === undefined || reader === undefined) return undefined;
    this.#makeRoom(bytes.length);
    this.#readers.set(file, { reader, sizeBytes: bytes.length });
    this.#readerBytes += bytes.length;
    return reader;
  }

  /** What few copies need is read again at once from the page cache. */
  #makeRoom(sizeBytes: number): void {
    for (const [file, oldest] of this.#readers) {
      if (this.#readerBytes + sizeBytes <= PROFILE_LIMITS.tableReaderBytes) return;
      this.#readers.delete(file);
      this.#readerBytes -= oldest.sizeBytes;
    }
  }

  /** Gives up what can be read again. */
  shed(): void {
    this.#readers.clear();
    this.#readerBytes = 0;
  }

  async close(): Promise<void> {
    await this.tables.close();
  }
}

/**
 * @param given what systemd gives (CACHE_DIRECTORY); else the host's usual place for root, and the
 * user's own for everybody else
 */
export function tableStore(given: string | undefined): TableStore {
  const [first] = (given ?? '').split(':');
  if (first !== undefined && first !== '') return new TableStore(join(first, 'unwind'));
  const isRoot = process.geteuid?.() === 0;
  const base = isRoot ? '/var/cache' : join(homedir(), '.cache');
  return new TableStore(join(base, 'otel-profile', 'unwind'));
}
