// SPDX-License-Identifier: Apache-2.0
// Profiles and traces in one DuckDB database: in a folder, where they outlive the process, or in a
// temporary one. What comes is buffered and written once a second in one transaction.
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OtlpProfilesRequest } from '@otelkit/otlp';
import {
  type Profile,
  type ProfileKind,
  type ReadProblem,
  readOtlpInto,
  startOf,
} from '@otelkit/profiles';
import { COLLECTOR_LIMITS } from '../limits.ts';
import {
  type Connection,
  type DuckDb,
  type Instance,
  loadDuckDb,
  openDatabase,
  StoreError,
} from './duckdb.ts';
import { loadTables } from './loadTables.ts';
import { storedProcess } from './originTable.ts';
import { makeOwnFolder } from './ownFolder.ts';
import { RequestTarget } from './requestTarget.ts';
import { removeForgotten, writtenRange } from './retention.ts';
import { SampleBuffer } from './sampleBuffer.ts';
import { SampleIntake } from './sampleIntake.ts';
import { prepareSchema } from './schema.ts';
import { SpanBuffer, type SpanRow } from './spanBuffer.ts';
import { StoreTables, type TableWrite } from './tables.ts';
import { WrittenHours } from './writtenHours.ts';

export const STORE_FILE = 'profiles.duckdb';

export interface StoreOptions {
  /** Undefined: a temporary one, which is gone at the end. */
  readonly folder: string | undefined;
  /** Called after each write that brought something. */
  readonly onWritten?: () => void;
  /** A write that failed: what it held is lost. */
  readonly onProblem?: (error: Error) => void;
}

export interface IngestResult {
  readonly samples: number;
  /** Left out because writes do not keep up. */
  readonly dropped: number;
  /** Samples whose clock is ahead of ours. */
  readonly ahead: number;
}

export class Store {
  readonly tables: StoreTables = new StoreTables();
  readonly folder: string | undefined;
  /** For files that come and go: the only place that the engine may write to, or read from. */
  readonly exchangeFolder: string;
  readonly #instance: Instance;
  readonly #duckdb: DuckDb;
  readonly #writer: Connection;
  readonly #options: StoreOptions;
  #samples = new SampleBuffer();
  #spans = new SpanBuffer();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Of a write that failed: what came later points to it. */
  #unwritten: TableWrite[] = [];
  #running = 0;
  #isClosed = false;
  readonly #readers = new Set<Connection>();
  readonly #waiting: (() => void)[] = [];
  /** What was written when. */
  readonly writes: WrittenHours = new WrittenHours();
  /** False once something without times was taken. */
  hasTimes = true;

  private constructor(
    options: StoreOptions,
    instance: Instance,
    duckdb: DuckDb,
    writer: Connection,
    exchangeFolder: string,
  ) {
    this.exchangeFolder = exchangeFolder;
    this.#options = options;
    this.folder = options.folder;
    this.#instance = instance;
    this.#duckdb = duckdb;
    this.#writer = writer;
  }

  /** @throws StoreError, and system errors where the folder cannot be made */
  static async open(options: StoreOptions): Promise<Store> {
    const duckdb = await loadDuckDb();
    // Profiles tell what runs here: nobody else's business.
    if (options.folder !== undefined) mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const ownFolder = makeOwnFolder(tmpdir());
    const exchangeFolder = join(ownFolder, 'exchange');
    mkdirSync(exchangeFolder, { mode: 0o700 });
    // Not in the engine's memory, which is small: hours of a busy host are larger.
    const path = join(options.folder ?? ownFolder, STORE_FILE);
    let instance: Instance | undefined;
    try {
      instance = await openDatabase(path, false);
      const writer = await instance.connect();
      await prepareSchema(writer);
      await removeForgotten(writer);
      await confine(writer, exchangeFolder);
      const store = new Store(options, instance, duckdb, writer, exchangeFolder);
      await loadTables(writer, store.tables);
      const { firstUs, endUs } = await writtenRange(writer);
      store.writes.reset(firstUs, endUs);
      return store;
    } catch (error) {
      instance?.closeSync();
      rmSync(ownFolder, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Takes a profile; it can be asked for after the next write.
   * @param source a file's name, or who sent it
   * @param nowMs of our clock, for samples without a time
   */
  ingest(profile: Profile, source: string, nowMs: number = Date.now()): IngestResult {
    const { samples, kinds, processes, strings, labelSets = [[]], links = [] } = profile;
    const { origins } = this.tables;
    const numbers = this.tables.numbersOf(profile);
    const types = kinds.map((kind) => origins.type(kind));
    const factors = types.map((type) => origins.types[type]!.weightOfOne || 1);
    const owners = processes.map((process) => origins.process(storedProcess(process, source)));
    const labels = labelSets.map((set) => origins.labels(set));
    const linkNumbers = links.map((link) => origins.link(link));
    const intake = new SampleIntake(this.#samples, origins, profile.startNs, nowMs);
    for (let i = 0; i < samples.count; i++) {
      const kind = samples.kind[i]!;
      const name = samples.threadName[i]!;
      intake.add({
        type: types[kind]!,
        stack: numbers.stack(samples.stack[i]!),
        process: owners[samples.process[i]!] ?? 0,
        thread: intake.thread(samples.threadId[i]!, name, () => strings[name]!),
        cpu: samples.cpu[i]!,
        labels: labels[samples.labels?.[i] ?? 0]!,
        link: linkNumbers[samples.link?.[i] ?? 0] ?? 0,
        value: samples.value[i]! * factors[kind]!,
        timeNs: samples.timeNs?.[i] ?? Number.NaN,
      });
    }
    return this.#taken(intake);
  }

  /**
   * Takes an agent's request; it can be asked for after the next write.
   * @param peer who sent it, where it does not say itself
   */
  ingestRequest(
    request: OtlpProfilesRequest,
    peer: string,
    nowMs: number = Date.now(),
  ): IngestResult & { readonly problems: readonly ReadProblem[] } {
    const startNs = startOf(request);
    const intake = new SampleIntake(this.#samples, this.tables.origins, startNs, nowMs);
    const kinds: ProfileKind[] = [];
    const target = new RequestTarget(this.tables, intake, kinds, peer);
    const { problems } = readOtlpInto(request, startNs, kinds, target);
    return { ...this.#taken(intake), problems };
  }

  #taken({ samples, dropped, ahead, hasTimes }: SampleIntake): IngestResult {
    if (!hasTimes) this.hasTimes = false;
    this.#schedule();
    return { samples, dropped, ahead };
  }

  /** Takes spans; they can be asked for after the next write. */
  ingestSpans(spans: Iterable<SpanRow>): number {
    const count = this.#spans.add(spans);
    this.#schedule();
    return count;
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const samples = this.#samples;
    const spans = this.#spans;
    this.#writing = this.#writing.then(() => this.#write(samples, spans));
    return this.#writing;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** A connection for reading, as soon as one is free. @throws StoreError */
  async read<T>(
    use: (connection: Connection) => Promise<T>,
    limitMs: number = COLLECTOR_LIMITS.queryMs,
  ): Promise<T> {
    await this.#turn();
    try {
      if (this.#isClosed) throw new StoreError('QUERY', 'the store is closed');
      const connection = await this.#instance.connect();
      this.#readers.add(connection);
      const timer = setTimeout(() => connection.interrupt(), limitMs);
      try {
        return await use(connection);
      } finally {
        clearTimeout(timer);
        this.#readers.delete(connection);
        connection.closeSync();
      }
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /**
   * Forgets stacks and frames that no sample has.
   * @param used stacks of written samples. @param before numbers of things when those were read
   * @returns numbers of what is gone
   */
  retain(
    used: Uint32Array,
    before: { readonly stacks: number; readonly frames: number },
  ): { readonly stacks: Uint32Array; readonly frames: Uint32Array } {
    return this.tables.retain([used, this.#samples.stack.view()], before);
  }

  /** Between two writes, on the writing connection. */
  maintain(work: (connection: Connection) => Promise<void>): Promise<void> {
    const done = this.#writing.then(() => work(this.#writer));
    this.#writing = done.catch(() => {});
    return done;
  }

  /** Writes what waits and lets go of the file. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const reader of this.#readers) reader.interrupt();
    await this.flush();
    await this.#writing;
    this.#writer.closeSync();
    this.#instance.closeSync();
    rmSync(dirname(this.exchangeFolder), { recursive: true, force: true });
  }

  async #turn(): Promise<void> {
    if (this.#running >= COLLECTOR_LIMITS.concurrentQueries) {
      if (this.#waiting.length >= COLLECTOR_LIMITS.waitingQueries) {
        throw new StoreError('QUERY', 'too many questions at once', 'try again in a second');
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => void this.flush(), COLLECTOR_LIMITS.flushMs);
  }

  async #write(samples: SampleBuffer, spans: SpanBuffer): Promise<void> {
    if (samples !== this.#samples || samples.count + spans.count === 0) return;
    // What comes from here on is the next write's.
    this.#samples = new SampleBuffer();
    this.#spans = new SpanBuffer();
    const duckdb = this.#duckdb;
    const writer = this.#writer;
    const tables = [...this.#unwritten, ...this.tables.take()];
    try {
      await writer.run('BEGIN');
      for (const write of tables) await write(duckdb, writer);
      await samples.write(duckdb, writer);
      await spans.write(duckdb, writer);
      await writer.run('COMMIT');
      this.#unwritten = [];
    } catch (error) {
      await writer.run('ROLLBACK').catch(() => {});
      this.#unwritten = tables;
      this.#options.onProblem?.(error as Error);
      return;
    }
    this.writes.add(samples.timeUs.view());
    this.#options.onWritten?.();
  }
}

/** Whatever a query says, the engine touches no other file and no network from here on. */
async function confine(connection: Connection, folder: string): Promise<void> {
  await connection.run(`SET allowed_directories = ['${folder.replaceAll("'", "''")}']`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}
