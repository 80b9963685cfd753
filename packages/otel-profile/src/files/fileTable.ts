// SPDX-License-Identifier: Apache-2.0
// Files that code runs from: each is opened once, gets its number, and its unwind table goes to the
// helper. All in the order in which they were mapped, a few at a time, so that the loop goes on.
import { type FileRequest, HelperError, type LoadReply, type NewFile } from '@otelkit/bpf-client';
import type { ElfFile, FileSource, ProcFs } from '@otelkit/core';
import { tableKey } from '@otelkit/unwind';
import { PROFILE_LIMITS } from '../limits.ts';
import { readFileFacts } from './fileFacts.ts';
import { FileIndex } from './fileIndex.ts';
import {
  type MappingPlace,
  type OpenedFile,
  openPinned,
  type PinnedFile,
  pinMappedFile,
  unpin,
  witnessOf,
} from './openMappedFile.ts';
import { closeFile, type ProfiledFile } from './profiledFile.ts';
import type { TableStore } from './tableStore.ts';
import { openVdso } from './vdso.ts';

/** What of the helper is needed here. */
export interface FileLoader {
  file(request: FileRequest): Promise<void>;
  loadPath(slot: number, path: string): Promise<LoadReply>;
  loadBytes(slot: number, table: Uint8Array): Promise<LoadReply>;
  unload(slot: number): Promise<void>;
  forget(keys: readonly string[]): Promise<void>;
}

export interface FileTableOptions {
  readonly fs: ProcFs;
  readonly loader: FileLoader;
  readonly tables: TableStore;
  /** Other places where the file is mapped now. */
  readonly placesOf: (ref: number) => Iterable<MappingPlace>;
  /** A clock that does not go back. */
  readonly nowMs: () => number;
  /** Something went wrong with one file; the rest goes on. */
  readonly onProblem: (file: ProfiledFile, reason: string) => void;
}

const VDSO = '[vdso]';
/**
 * Opened at the same time. Each waits for the helper three times, and for the thread that makes tables:
 * on a busy machine that is half a second in which nothing else is to be done.
 */
const CONCURRENT = 6;
/** One more while those take long: it takes a millisecond, and short-lived programs are small. */
const SMALL_FILE_BYTES = 131_072;

/** All files met so far. */
export class FileTable {
  readonly #options: FileTableOptions;
  readonly #index = new FileIndex();
  readonly #queue: ProfiledFile[] = [];
  readonly #later = new Set<ProfiledFile>();
  readonly #idle: (() => void)[] = [];
  #running = 0;
  #keptFiles = 0;
  /** Called when a file got its number and table: stack copies may wait for it. */
  onReady: ((file: ProfiledFile) => void) | undefined;

  constructor(options: FileTableOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#index.size;
  }

  /** Files that are being read. */
  get pending(): number {
    return this.#queue.length + this.#running;
  }

  ofRef(ref: number): ProfiledFile | undefined {
    return this.#index.ofRef(ref);
  }

  ofSlot(slot: number): ProfiledFile | undefined {
    return this.#index.ofSlot(slot);
  }

  all(): Iterable<ProfiledFile> {
    return this.#index.all();
  }

  /** Files that the helper met for the first time. Nothing is read before {@link want}. */
  add(records: readonly NewFile[]): void {
    for (const record of records) {
      const file = this.#index.add(record);
      if (this.#isWorthAnotherTry(file)) file.state = 'announced';
    }
  }

  /** Code of it runs: it is read, and its table handed over. */
  want(file: ProfiledFile): void {
    if (file.state !== 'announced') return;
    this.#pinEarly(file);
    file.state = 'pending';
    this.#queue.push(file);
    this.#advance();
  }

  /** Code of it may run soon: it is read when nothing else is to be. */
  expect(file: ProfiledFile): void {
    if (file.state !== 'announced' || this.#later.size >= PROFILE_LIMITS.expectedFiles) return;
    this.#pinEarly(file);
    this.#later.add(file);
    this.#advance();
  }

  /** Resolves when everything added so far is done. */
  settled(): Promise<void> {
    if (this.pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /**
   * Gives up files that no process has mapped for some time: their tables, numbers, descriptors.
   * @param isUsed by the helper's numbers
   * @returns the numbers that were given up
   */
  release(isUsed: (ref: number) => boolean): number[] {
    const { nowMs, loader } = this.#options;
    const { files, keys } = this.#index.takeUnused(isUsed, nowMs());
    const released: number[] = [];
    // A helper that ended has given up everything.
    if (keys.length > 0) loader.forget(keys).catch(() => {});
    for (const file of files) {
      this.#later.delete(file);
      if (file.kept !== undefined) this.#keptFiles--;
      closeFile(file);
      if (file.slot === 0) continue;
      released.push(file.slot);
      loader.unload(file.slot).catch(() => {});
    }
    return released;
  }

  /** Closes what is open. */
  close(): void {
    for (const file of this.all()) closeFile(file);
  }

  #isWorthAnotherTry(file: ProfiledFile): boolean {
    if (file.state !== 'failed') return false;
    return this.#options.nowMs() - file.failedAtMs >= PROFILE_LIMITS.failedFileMs;
  }

  #advance(): void {
    while (this.#running <= CONCURRENT) {
      const isFull = this.#running === CONCURRENT;
      const file = isFull ? this.#nextSmall() : (this.#queue.shift() ?? this.#nextExpected());
      if (file === undefined) return;
      this.#running++;
      void this.#prepare(file).then(() => {
        this.#running--;
        this.onReady?.(file);
        // Lets what the helper sent meanwhile in between two files.
        setImmediate(() => this.#advance());
        if (this.pending === 0) for (const done of this.#idle.splice(0)) done();
      });
    }
  }

  #nextSmall(): ProfiledFile | undefined {
    const sizeOf = ({ pinned }: ProfiledFile): number =>
      pinned?.sizeBytes ?? Number.POSITIVE_INFINITY;
    const at = this.#queue.findIndex((file) => sizeOf(file) <= SMALL_FILE_BYTES);
    return at < 0 ? undefined : this.#queue.splice(at, 1)[0];
  }

  #nextExpected(): ProfiledFile | undefined {
    // One at a time, so that what is wanted need not wait.
    if (this.#running > 0) return undefined;
    for (const file of this.#later) {
      this.#later.delete(file);
      if (file.state !== 'announced') continue;
      file.state = 'pending';
      return file;
    }
    return undefined;
  }

  async #prepare(file: ProfiledFile): Promise<void> {
    try {
      await this.#read(file);
    } catch (error) {
      // The helper ended: that is told elsewhere.
      if (error instanceof HelperError) return;
      if (!(error instanceof Error)) throw error;
      await this.#fail(file, error.message).catch(() => {});
    }
  }

  /** On a busy host it may take seconds until it can be read, and what runs now has ended. */
  #pinEarly(file: ProfiledFile): void {
    if (file.pinned !== undefined || file.path === VDSO) return;
    if (this.pending >= PROFILE_LIMITS.expectedFiles) return;
    const pinned = this.#pin(file);
    if (typeof pinned !== 'string') file.pinned = pinned;
  }

  #pin(file: ProfiledFile): PinnedFile | string {
    const { fs, placesOf } = this.#options;
    const { pid, start, end, ref } = file.record;
    function* places(): Generator<MappingPlace> {
      yield { pid, start: Number(start), end: Number(end) };
      yield* placesOf(ref);
    }
    return pinMappedFile(fs, file.record, places(), file.announcedMs);
  }

  async #read(file: ProfiledFile): Promise<void> {
    if (file.path === VDSO) {
      const elf = openVdso(this.#options.fs);
      return elf === undefined ? this.#fail(file, 'it cannot be read') : this.#load(file, elf);
    }
    const pinned = file.pinned ?? this.#pin(file);
    file.pinned = undefined;
    if (typeof pinned === 'string') return this.#fail(file, pinned);
    let opened: OpenedFile;
    try {
      opened = openPinned(pinned, file.path);
    } finally {
      unpin(pinned);
    }
    file.root = pinned.root;
    try {
      await this.#load(file, opened.elf, opened);
    } finally {
      opened.source.close();
      if (file.kept !== opened.kept) opened.kept.close();
    }
  }

  async #load(file: ProfiledFile, elf: ElfFile, opened?: OpenedFile): Promise<void> {
    const { tables, loader } = this.#options;
    const facts = readFileFacts(elf, file.path);
    const same = this.#index.ofContent(`${tableKey(elf)}-${facts.fileId}`, file);
    if (same !== file) return this.#share(file, same, opened);
    Object.assign(file, facts);
    const slot = this.#index.number(file);
    if (slot === 0) return this.#fail(file, 'there are too many files');
    this.#keep(file, opened?.kept);
    await this.#tell(file, 'native', opened);
    const table = await tables.tableOf(elf);
    if (table === undefined) return this.#fail(file, 'has no unwind information');
    file.tablePath = table.path;
    file.tableBytes = table.bytes;
    if (table.path !== undefined) await loader.loadPath(slot, table.path);
    else if (table.bytes !== undefined) await loader.loadBytes(slot, table.bytes);
    file.state = 'ready';
  }

  /** Another inode of a file that is known already: it gets the same number, and so the same table. */
  async #share(file: ProfiledFile, same: ProfiledFile, opened?: OpenedFile): Promise<void> {
    const keys = [...file.keys.values()];
    this.#index.join(file, same);
    file.state = same.state;
    await this.#tell(same, same.state === 'failed' ? 'none' : 'native', opened, keys);
  }

  async #tell(
    { keys, slot, segments }: ProfiledFile,
    kind: FileRequest['kind'],
    opened: OpenedFile | undefined,
    to: Iterable<string> = keys.values(),
  ): Promise<void> {
    const witness = opened === undefined ? undefined : witnessOf(opened);
    const told = { slot, segments, kind, ...(witness !== undefined && { witness }) };
    await Promise.all([...new Set(to)].map((key) => this.#options.loader.file({ key, ...told })));
  }

  #keep(file: ProfiledFile, kept: FileSource | undefined): void {
    if (kept === undefined || this.#keptFiles >= PROFILE_LIMITS.keptDescriptors) return;
    if (file.kept === undefined) this.#keptFiles++;
    file.kept?.close();
    file.kept = kept;
  }

  async #fail(file: ProfiledFile, reason: string): Promise<void> {
    const { nowMs, onProblem } = this.#options;
    file.state = 'failed';
    file.failure = reason;
    file.failedAtMs = nowMs();
    onProblem(file, reason);
    // With a number its frames can at least be named; they end its stacks.
    await this.#tell(file, 'none', undefined);
  }
}
