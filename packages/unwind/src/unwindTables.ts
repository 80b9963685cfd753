// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type ElfFile, FileSource, openElf } from '@otelkit/core';
import { executableSegments } from './build/buildUnwindTable.ts';
import { TableCache } from './cache/tableCache.ts';
import { tableKey } from './cache/tableKey.ts';
import { UNWIND_LIMITS } from './limits.ts';
import { HEADER, HEADER_BYTES } from './table/layout.ts';
import { type MadeTable, makeTable } from './worker/tableJob.ts';
import { WorkerQueue } from './worker/workerQueue.ts';

export interface UnwindTablesOptions {
  /** Where tables are kept, a folder of this user alone; without it none is. */
  readonly cacheFolder?: string | undefined;
  readonly cacheBytes?: number | undefined;
  /**
   * A module that calls serveUnwindTables(), for tools that are bundled into one file; the package's
   * own by default, `null` for none.
   */
  readonly workerFile?: URL | string | null | undefined;
}

/** Tables of files: from the cache, or made in a worker. */
export class UnwindTables {
  /** Why nothing is cached, or undefined. */
  readonly cacheProblem: string | undefined;
  /** Tables found in the cache, and made. */
  readonly counts: { found: number; made: number; failed: number } = {
    found: 0,
    made: 0,
    failed: 0,
  };
  readonly #cache: TableCache | undefined;
  readonly #queue: WorkerQueue;
  /** For what must not wait for a huge file. */
  readonly #besideHuge: WorkerQueue;
  #hugeCount = 0;
  readonly #pending = new Map<string, Promise<MadeTable | undefined>>();
  #lastId = 0;

  constructor(options: UnwindTablesOptions = {}) {
    const { cacheFolder, cacheBytes, workerFile = ownWorkerFile() } = options;
    const cache = cacheFolder === undefined ? undefined : TableCache.open(cacheFolder, cacheBytes);
    this.#cache = typeof cache === 'string' ? undefined : cache;
    this.cacheProblem = typeof cache === 'string' ? cache : undefined;
    this.#queue = new WorkerQueue(workerFile ?? undefined);
    this.#besideHuge = new WorkerQueue(workerFile ?? undefined);
  }

  /**
   * The table of a file; undefined for files without code and for machines other than x86_64 and
   * AArch64. An ElfFile must stay open until then; the same file asked for twice is read once.
   * @throws InputError when the path cannot be read; Error when the worker fails.
   */
  async tableFor(file: string | ElfFile): Promise<MadeTable | undefined> {
    if (typeof file !== 'string') return this.#tableOf(file);
    const elf = openElf(file);
    try {
      return await this.#tableOf(elf);
    } finally {
      elf.source.close();
    }
  }

  /** Ends the workers. What waits fails. */
  async close(): Promise<void> {
    await Promise.all([this.#queue.close(), this.#besideHuge.close()]);
  }

  async #tableOf(elf: ElfFile): Promise<MadeTable | undefined> {
    if (elf.header.class !== 64 || executableSegments(elf).length === 0) return undefined;
    const key = tableKey(elf);
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    const made = this.#findOrMake(elf, key);
    this.#pending.set(key, made);
    try {
      return await made;
    } finally {
      this.#pending.delete(key);
    }
  }

  async #findOrMake(elf: ElfFile, key: string): Promise<MadeTable | undefined> {
    const cachePath = this.#cache?.find(key);
    if (cachePath !== undefined) {
      this.counts.found++;
      return fromCache(elf, cachePath);
    }
    const table = await this.#make(elf, this.#cache?.pathOf(key));
    if (table !== undefined) this.counts.made++;
    if (table?.path !== undefined) this.#cache?.added(key, table.sizeBytes);
    return table;
  }

  async #make(elf: ElfFile, cachePath: string | undefined): Promise<MadeTable | undefined> {
    const { source } = elf;
    const isSmall = source.sizeBytes <= UNWIND_LIMITS.inlineFileBytes;
    // Only a descriptor can be shared; other sources are in memory already.
    if (isSmall || !(source instanceof FileSource)) return makeTable(elf, cachePath);
    const id = ++this.#lastId;
    const job = { id, fd: source.fd, path: source.path, cachePath };
    const isHuge = source.sizeBytes > UNWIND_LIMITS.hugeFileBytes;
    if (isHuge) this.#hugeCount++;
    const queue = !isHuge && this.#hugeCount > 0 ? this.#besideHuge : this.#queue;
    const answer = await queue.run(job);
    if (isHuge) this.#hugeCount--;
    if (answer.problem === undefined) return answer.table;
    this.counts.failed++;
    throw new Error(`${source.path}: no unwind table: ${answer.problem}`);
  }
}

/** Beside this module; a bundle has no such file. */
function ownWorkerFile(): URL | null {
  const here: string | undefined = import.meta.url;
  if (here === undefined || here === '') return null;
  const name = here.endsWith('.ts') ? './worker/tableWorker.ts' : './worker/tableWorker.js';
  return new URL(name, here);
}

function fromCache(elf: ElfFile, path: string): MadeTable {
  const fd = openSync(path, 'r');
  try {
    const header = new DataView(new ArrayBuffer(HEADER_BYTES));
    readSync(fd, header, 0, HEADER_BYTES, 0);
    return {
      path,
      bytes: undefined,
      sizeBytes: fstatSync(fd).size,
      machine: elf.header.machine,
      baseVaddr: header.getBigUint64(HEADER.baseVaddr, true),
      segments: executableSegments(elf),
      sources: undefined,
      diagnostics: [],
    };
  } finally {
    closeSync(fd);
  }
}
