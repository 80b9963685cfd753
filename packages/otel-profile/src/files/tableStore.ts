// SPDX-License-Identifier: Apache-2.0
import type { ElfFile } from '@otelkit/core';
import { buildUnwindTable } from '@otelkit/unwind';
import type { ProfiledFile } from './profiledFile.ts';

/** An unwind table: a file of the disk cache, or its bytes where nothing can be cached. */
export interface StoredTable {
  readonly path: string | undefined;
  readonly bytes: Uint8Array | undefined;
}

/** Where unwind tables come from. */
export interface TableStore {
  /** Undefined for files without code or of another machine. */
  tableOf(file: ProfiledFile, elf: ElfFile): Promise<StoredTable | undefined>;
}

/** Makes every table anew, on this thread. */
export class PlainTableStore implements TableStore {
  async tableOf(_file: ProfiledFile, elf: ElfFile): Promise<StoredTable | undefined> {
    const table = buildUnwindTable(elf);
    return table === undefined ? undefined : { path: undefined, bytes: table.bytes };
  }
}
