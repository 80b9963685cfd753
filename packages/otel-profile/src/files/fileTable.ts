// SPDX-License-Identifier: Apache-2.0
// Files that code runs from: each is opened once, gets its number, and its unwind table goes to the
// helper. All in the order in which they were mapped, a few at a time, so that the loop goes on.
import { type FileRequest, HelperError, type LoadReply, type NewFile } from '@otelkit/bpf-client';
import type { FileSource, ProcFs } from '@otelkit/core';
import { PROFILE_LIMITS } from '../limits.ts';
import { readFileFacts } from './fileFacts.ts';
import { type MappingPlace, type OpenedFile, openMappedFile } from './openMappedFile.ts';
import type { ProfiledFile } from './profiledFile.ts';
import { Slots } from './slots.ts';
import type { TableStore } from './tableStore.ts';

/** What of the helper is needed here. */
export interface FileLoader {
  file(request: FileRequest): Promise<void>;
  loadPath(slot: number, path: string): Promise<LoadReply>;
  loadBytes(slot: number, table: Uint8Array): Promise<LoadReply>;
  unload(slot: number): Promise<void>;
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

/** Opened at the same time. */
const CONCURRENT = 2;
/** One more while those take long: it takes a millisecond, and short-lived programs are small. */
const SMALL_FILE_BYTES = 131_072;

/** All files met so far. */
export class FileTable {
  readonly #options: FileTableOptions;
  readonly #byKey = new Map<string, ProfiledFile>();
  readonly #byRef = new Map<number, ProfiledFile>();
  readonly #bySlot = new Map<number, ProfiledFile>();
  readonly #slots = new Slots(PROFILE_LIMITS.slots);
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
    return this.#byKey.size;
  }

  /** Files that are being read. */
  get pending(): number {
    return this.#queue.length + this.#running;
  }

  ofRef(ref: number): ProfiledFile | undefined {
    return this.#byRef.get(ref);
  }

  ofSlot(slot: number): ProfiledFile | undefined {
    return this.#bySlot.get(slot);
  }

  all(): IterableIterator<ProfiledFile> {
    return this.#byKey.values();
  }

  /** Files that the helper met for the first time. Nothing is read before {@link want}. */
  add(records: readonly NewFile[]): void {
    for (const record of records) {
      let file = this.#byKey.get(record.key);
      if (file === undefined) {
        file = newFile(record);
        this.#byKey.set(record.key, file);
      }
      this.#byRef.set(record.ref, file);
      // Announced anew: this process may be one that it can be read by.
      file.record = record;
      if (this.#isWorthAnotherTry(file)) file.state = 'announced';
    }
  }

  /** Code of it runs: it is read, and its table handed over. */
  want(file: ProfiledFile): void {
    if (file.state !== 'announced') return;
    this.#openEarly(file);
    file.state = 'pending';
    this.#queue.push(file);
    this.#advance();
  }

  /** Code of it may run soon: it is read when nothing else is to be. */
  expect(file: ProfiledFile): void {
    if (file.state !== 'announced' || this.#later.size >= PROFILE_LIMITS.expectedFiles) return;
    this.#openEarly(file);
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
    const nowMs = this.#options.nowMs();
    const released: number[] = [];
    for (const [ref, file] of this.#byRef) {
      if (file.state === 'pending' || isUsed(ref)) {
        file.unusedSinceMs = undefined;
        continue;
      }
      file.unusedSinceMs ??= nowMs;
      if (nowMs - file.unusedSinceMs < PROFILE_LIMITS.unusedFileMs) continue;
      this.#byRef.delete(ref);
      this.#byKey.delete(file.key);
      this.#later.delete(file);
      closeFile(file);
      if (file.slot === 0) continue;
      released.push(file.slot);
      this.#bySlot.delete(file.slot);
      this.#slots.give(file.slot);
      this.#keptFiles = Math.max(0, this.#keptFiles - 1);
      // A helper that ended has given up everything.
      this.#options.loader.unload(file.slot).catch(() => {});
    }
    return released;
  }

  /** Closes what is open. */
  close(): void {
    for (const file of this.#byKey.values()) closeFile(file);
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
    const sizeOf = ({ opened }: ProfiledFile): number =>
      opened?.source.sizeBytes ?? Number.POSITIVE_INFINITY;
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
  #openEarly(file: ProfiledFile): void {
    if (file.opened !== undefined || this.pending >= PROFILE_LIMITS.expectedFiles) return;
    const opened = this.#open(file);
    if (typeof opened !== 'string') file.opened = opened;
  }

  #open(file: ProfiledFile): OpenedFile | string {
    const { fs, placesOf } = this.#options;
    const { pid, start, end, ref } = file.record;
    function* places(): Generator<MappingPlace> {
      yield { pid, start: Number(start), end: Number(end) };
      yield* placesOf(ref);
    }
    return openMappedFile(fs, file.record, places());
  }

  async #read(file: ProfiledFile): Promise<void> {
    const { tables, loader } = this.#options;
    const opened = file.opened ?? this.#open(file);
    file.opened = undefined;
    if (typeof opened === 'string') return this.#fail(file, opened);
    const { elf, source, kept, root } = opened;
    file.root = root;
    try {
      Object.assign(file, readFileFacts(elf, file.path));
      const slot = this.#slots.take();
      if (slot === 0) return await this.#fail(file, 'there are too many files');
      file.slot = slot;
      this.#bySlot.set(slot, file);
      this.#keep(file, kept);
      const { key, segments } = file;
      await loader.file({ key, slot, segments, kind: 'native' });
      const table = await tables.tableOf(elf);
      if (table === undefined) return await this.#fail(file, 'has no unwind information');
      file.tablePath = table.path;
      file.tableBytes = table.bytes;
      if (table.path !== undefined) await loader.loadPath(slot, table.path);
      else if (table.bytes !== undefined) await loader.loadBytes(slot, table.bytes);
      file.state = 'ready';
    } finally {
      source.close();
    }
  }

  #keep(file: ProfiledFile, kept: FileSource | undefined): void {
    if (kept === undefined) return;
    if (this.#keptFiles >= PROFILE_LIMITS.keptDescriptors) {
      kept.close();
      return;
    }
    this.#keptFiles++;
    file.kept = kept;
  }

  async #fail(file: ProfiledFile, reason: string): Promise<void> {
    const { loader, nowMs, onProblem } = this.#options;
    file.state = 'failed';
    file.failure = reason;
    file.failedAtMs = nowMs();
    onProblem(file, reason);
    const { key, slot, segments } = file;
    // With a number its frames can at least be named; they end its stacks.
    await loader.file({ key, slot, segments, kind: 'none' });
  }
}

function closeFile(file: ProfiledFile): void {
  file.kept?.close();
  file.kept = undefined;
  file.opened?.source.close();
  file.opened?.kept?.close();
  file.opened = undefined;
}

function newFile(record: NewFile): ProfiledFile {
  const { key, path, deleted } = record;
  return {
    key,
    record,
    path,
    isDeleted: deleted === true,
    slot: 0,
    state: 'announced',
    fileId: '',
    frameType: 'native',
    mapping: { fileName: path },
    segments: [],
    tablePath: undefined,
    tableBytes: undefined,
    opened: undefined,
    kept: undefined,
    root: '',
    failure: undefined,
    failedAtMs: 0,
    unusedSinceMs: undefined,
  };
}
